"""Types into an interactive program through a terminal, one key at a time, as a person does."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from lab import ENVIRONMENT, LabError

KEY_INTERVAL_S = 0.04
THINKING_S = 0.2


class Typist:
    """Context manager around a program on a pseudo-terminal of 80 × 24."""

    def __init__(self, *argv):
        self.argv = argv
        self.seen = ''

    def __enter__(self):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(self.argv[0], self.argv, ENVIRONMENT)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
        return self

    def __exit__(self, *_):
        os.close(self.terminal)
        try:
            os.kill(self.pid, signal.SIGHUP)
        except ProcessLookupError:
            return
        os.waitpid(self.pid, 0)

    def expect(self, text, timeout=10.0):
        """Reads until the program has shown `text`; what came before it is forgotten."""
        deadline = time.monotonic() + timeout
        while text not in self.seen:
            if not self._read(deadline):
                raise LabError(f'{" ".join(self.argv)}: never showed {text!r}, but: {self.seen!r}')
        self.seen = self.seen.split(text, 1)[1]

    def type(self, line):
        """Types a line and presses return."""
        time.sleep(THINKING_S)
        for key in line + '\r':
            os.write(self.terminal, key.encode())
            time.sleep(KEY_INTERVAL_S)

    def expect_end(self, timeout=10.0):
        """Reads until the program has closed the terminal."""
        deadline = time.monotonic() + timeout
        while self._read(deadline):
            pass
        if time.monotonic() > deadline:
            raise LabError(f'{" ".join(self.argv)}: did not end; it showed: {self.seen!r}')

    def _read(self, deadline):
        ready, _, _ = select.select([self.terminal], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            octets = os.read(self.terminal, 4096)
        except OSError:
            # Linux says EIO when the last program has left the terminal.
            return False
        self.seen += octets.decode(errors='replace')
        return bool(octets)
