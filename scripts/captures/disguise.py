"""Makes this machine nobody in particular: /etc, /run, /var/log and /dev/shm, host name, user and keys of its own.

Runs in a private mount and UTS namespace (scripts/make-captures sees to that), so the real machine stays as it is.
"""

import os
import shutil
import socket
from pathlib import Path

from lab import run

USER = 'analyst'
PASSWORD = 'not-a-secret'
HOST_NAME = 'server'
DOMAIN = 'example.test'
USER_ID = 4242
HOME = Path('/run/home') / USER

FILES = {
    'findings.txt': 'Nothing to see here.\n',
    'notes.txt': 'Ask the hydrologist about the weir.\n',
    'todo.txt': 'Measure the flow.\n',
}


def assume(work):
    """Mounts the private directories and writes what the programs expect to find there."""
    work = Path(work)
    run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', str(work))
    shutil.copytree('/etc', work / 'etc', symlinks=True)
    run('mount', '--bind', str(work / 'etc'), '/etc')
    # faketime keeps its semaphores in /dev/shm, under names that would be taken already on the next run.
    for directory, mode in (('/run', '755'), ('/var/log', '755'), ('/dev/shm', '1777')):
        run('mount', '-t', 'tmpfs', '-o', f'mode={mode}', 'tmpfs', directory)
    for directory in (
        '/run/netns',
        '/run/sshd',
        '/run/lock',
        '/run/vsftpd/empty',
        '/run/chrony',
        '/var/log/nginx',
        '/var/log/chrony',
    ):
        Path(directory).mkdir(parents=True)
    for log in ('wtmp', 'btmp', 'lastlog'):
        (Path('/var/log') / log).touch()
    socket.sethostname(HOST_NAME)
    _write_identity()
    _write_home(work)
    run('ip', 'link', 'set', 'lo', 'up')


def _write_identity():
    hashed = run('openssl', 'passwd', '-6', '-salt', 'weir', PASSWORD).stdout.strip()
    _append('passwd', f'{USER}:x:{USER_ID}:{USER_ID}:Analyst:{HOME}:/bin/bash\n')
    _append('group', f'{USER}:x:{USER_ID}:\n')
    _append('shadow', f'{USER}:{hashed}:20000:0:99999:7:::\n')
    _replace('hostname', f'{HOST_NAME}\n')
    _replace('hosts', f'127.0.0.1 localhost\n10.10.0.1 {HOST_NAME}.{DOMAIN} {HOST_NAME}\n')
    _replace('resolv.conf', '')
    _replace(
        'nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\n'
    )
    _replace('issue', 'Server\n\n')
    _replace('issue.net', 'Server\n')
    _replace('motd', '')
    shutil.rmtree('/etc/update-motd.d', ignore_errors=True)


def _write_home(work):
    (HOME / '.ssh').mkdir(parents=True)
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', f'{USER}@{DOMAIN}', '-f', str(work / 'user_key'))
    run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', f'root@{HOST_NAME}.{DOMAIN}', '-f', str(work / 'host_key'))
    shutil.copy(work / 'user_key.pub', HOME / '.ssh' / 'authorized_keys')
    (HOME / '.bash_profile').write_text(f"PS1='{USER}@{HOST_NAME}:~$ '\nunset HISTFILE\n")
    (HOME / '.hushlogin').touch()
    for name, text in FILES.items():
        (HOME / name).write_text(text)
    for path in (HOME, *HOME.rglob('*')):
        os.chown(path, USER_ID, USER_ID)


def _append(name, line):
    with open(Path('/etc') / name, 'a', encoding='utf-8') as file:
        file.write(line)


def _replace(name, text):
    path = Path('/etc') / name
    # It may be a symbolic link to outside of the private copy.
    path.unlink(missing_ok=True)
    path.write_text(text)
