"""Listens on a TCP port and runs a program on each connection, as inetd does: inetd.py PORT PROGRAM [ARGUMENT...]"""

import os
import socket
import sys

listener = socket.create_server(('0.0.0.0', int(sys.argv[1])))
print('listening', flush=True)
while True:
    connection, _ = listener.accept()
    if os.fork() == 0:
        for descriptor in (0, 1, 2):
            os.dup2(connection.fileno(), descriptor)
        os.execv(sys.argv[2], sys.argv[2:])
    connection.close()
