"""Captures of services that a person logs in to: SSH, TELNET, FTP."""

import sys
import time
from pathlib import Path

from disguise import DOMAIN, HOME, HOST_NAME, PASSWORD, USER
from lab import pair
from typist import Typist

PROMPT = f'{USER}@{HOST_NAME}:~$ '
INETD = str(Path(__file__).with_name('inetd.py'))


def ssh(work, path):
    (work / 'sshd.conf').write_text(
        f'HostKey {work}/host_key\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\n'
        'PrintLastLog no\nPrintMotd no\nUseDNS no\n'
    )
    with pair(work) as lab:
        lab.start('a', '/usr/sbin/sshd', '-D', '-e', '-f', f'{work}/sshd.conf', ready='Server listening')
        options = ('IdentitiesOnly=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR')
        client = (
            'ssh',
            '-F',
            '/dev/null',
            '-i',
            f'{work}/user_key',
            *(f'-o{option}' for option in options),
            f'{USER}@10.10.0.1',
        )
        with lab.capture(path), Typist(*lab.command('b', *client)) as person:
            list_and_exit(person)


def telnet(work, path):
    with pair(work) as lab:
        # -h: no banner, which would tell the kernel's version.
        lab.start('a', sys.executable, INETD, '23', '/usr/sbin/telnetd', '-h', ready='listening')
        with lab.capture(path), Typist(*lab.command('b', 'inetutils-telnet', '10.10.0.1')) as person:
            person.expect('login: ')
            person.type(USER)
            person.expect('Password: ')
            person.type(PASSWORD)
            list_and_exit(person)


def list_and_exit(person):
    person.expect(PROMPT)
    person.type('ls')
    person.expect(PROMPT)
    person.type('exit')
    person.expect_end()


def ftp_active(work, path):
    ftp(work, path, passive=False)


def ftp_passive(work, path):
    ftp(work, path, passive=True)


def ftp(work, path, passive):
    (work / 'vsftpd.conf').write_text(
        'listen=YES\nbackground=NO\nlocal_enable=YES\nanonymous_enable=NO\nwrite_enable=NO\nhide_ids=YES\n'
        'connect_from_port_20=YES\npam_service_name=vsftpd\nsecure_chroot_dir=/run/vsftpd/empty\nseccomp_sandbox=NO\n'
        f'ftpd_banner=FTP server of {DOMAIN}\npasv_min_port=10090\npasv_max_port=10100\nxferlog_enable=NO\n'
        f'local_root={HOME}\n'
    )
    with pair(work) as lab:
        lab.start('b', '/usr/sbin/vsftpd', f'{work}/vsftpd.conf', ready=lab.listens('b', 21))
        with lab.capture(path, 'a'), Typist(*lab.command('a', 'inetutils-ftp', '-n', '10.10.0.2')) as person:
            person.expect('ftp> ')
            for command in (f'user {USER} {PASSWORD}', *(('passive',) if passive else ()), 'ls'):
                person.type(command)
                person.expect('ftp> ')
            person.type('quit')
            person.expect_end()
            # The last segments of the control connection cross after the client has ended.
            time.sleep(0.3)
