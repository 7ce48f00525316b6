"""A small laboratory: network namespaces joined by veth pairs, programs in them, tcpdump on the wire."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

ENVIRONMENT = {
    'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
    'LANG': 'C',
    'LC_ALL': 'C.UTF-8',
    'TERM': 'xterm',
    'USER': 'analyst',
}

# The same in every run. Octet 5 tells the namespace, octet 6 the interface.
MAC_FORMAT = '02:00:5e:10:{namespace:02x}:{interface:02x}'


class LabError(Exception):
    """A program of the laboratory failed, or did not do in time what it was started for."""


def run(*argv, check=True, timeout=60, **options):
    """Runs a program to its end and returns the CompletedProcess, output as text."""
    options.setdefault('stdin', subprocess.DEVNULL)
    try:
        done = subprocess.run(
            argv,
            check=False,
            timeout=timeout,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
            **options,
        )
    except subprocess.TimeoutExpired as cause:
        raise LabError(f'{" ".join(argv)}: still running after {timeout} s') from cause
    if check and done.returncode != 0:
        raise LabError(f'{" ".join(argv)}: exit {done.returncode}\n{done.stdout}{done.stderr}'.rstrip())
    return done


def wait_until(condition, what, timeout=10.0):
    """Polls condition() until it is true; LabError with `what` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f'waited {timeout:g} s in vain for {what}')
        time.sleep(0.02)


class Lab:
    """Context manager. Namespaces and every program started in them live as long as the `with` block."""

    def __init__(self, work, *namespaces, ipv6=False):
        self.work = Path(work)
        self.namespaces = namespaces or ('a', 'b')
        self.ipv6 = ipv6
        self.programs = []
        self.interface_counts = {}

    def __enter__(self):
        for name in self.namespaces:
            run('ip', 'netns', 'add', name)
            self.run(name, 'ip', 'link', 'set', 'lo', 'up')
            disabled = '0' if self.ipv6 else '1'
            self.sysctl(
                name, f'net/ipv6/conf/all/disable_ipv6={disabled}', f'net/ipv6/conf/default/disable_ipv6={disabled}'
            )
            # No router answers here, and no address can be taken.
            self.sysctl(name, 'net/ipv6/conf/default/router_solicitations=0', 'net/ipv6/conf/default/accept_dad=0')
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            terminate(program)
        for name in self.namespaces:
            run('ip', 'netns', 'del', name, check=False)

    def command(self, namespace, *argv):
        return ('ip', 'netns', 'exec', namespace, *argv)

    def run(self, namespace, *argv, **options):
        return run(*self.command(namespace, *argv), **options)

    def sysctl(self, namespace, *settings):
        for setting in settings:
            key, value = setting.split('=')
            self.run(namespace, 'sh', '-c', f'echo {value} > /proc/sys/{key}')

    def start(self, namespace, *argv, ready=None, **options):
        """Starts a program that stays; returns its Popen. Its output goes to a log, shown when it fails to start."""
        log_path = self.work / f'{Path(argv[0]).name}-{namespace}-{len(self.programs)}.log'
        with open(log_path, 'wb') as log:
            options.setdefault('stdin', subprocess.DEVNULL)
            options.setdefault('stdout', log)
            program = subprocess.Popen(
                self.command(namespace, *argv),
                stderr=log,
                env=options.pop('env', ENVIRONMENT),
                start_new_session=True,
                **options,
            )
        program.log_path = log_path
        self.programs.append(program)
        if ready is not None:
            self.wait_ready(program, argv[0], ready)
        return program

    def wait_ready(self, program, name, ready):
        """`ready` is a text that the program's log will show, or a function that tells."""
        condition = ready if callable(ready) else lambda: ready in program.log_path.read_text(errors='replace')

        def settled():
            if program.poll() is not None:
                raise LabError(
                    f'{name}: ended at once, exit {program.returncode}\n{program.log_path.read_text(errors="replace")}'
                )
            return condition()

        wait_until(settled, f'{name} to be ready')

    def listens(self, namespace, port, kind='t'):
        """A function that tells whether something in the namespace listens on the TCP ('t') or UDP ('u') port."""
        return lambda: f':{port} ' in self.run(namespace, 'ss', f'-{kind}lnH').stdout

    def join(self, left, left_addresses, right, right_addresses, offload=False):
        """Lays a veth pair between two namespaces: eth0, eth1, … of each. Addresses come with their prefix length."""
        names = []
        for index, namespace in enumerate((left, right)):
            count = self.interface_counts.get(namespace, 0)
            self.interface_counts[namespace] = count + 1
            names.append((namespace, f'eth{count}', left_addresses if index == 0 else right_addresses))
        (_, left_name, _), (_, right_name, _) = names
        run('ip', 'link', 'add', left_name, 'netns', left, 'type', 'veth', 'peer', 'name', right_name, 'netns', right)
        for namespace, name, addresses in names:
            mac = MAC_FORMAT.format(namespace=self.namespaces.index(namespace) + 1, interface=int(name[3:]))
            self.run(namespace, 'ip', 'link', 'set', name, 'address', mac)
            if not offload:
                # As on a wire: real checksums, no packet longer than the MTU.
                self.run(namespace, 'ethtool', '-K', name, 'tx', 'off', 'tso', 'off', 'gso', 'off', 'gro', 'off')
            for address in addresses:
                flags = ('nodad',) if ':' in address else ()
                self.run(namespace, 'ip', 'addr', 'add', address, 'dev', name, *flags)
        for namespace, name, _ in names:
            self.run(namespace, 'ip', 'link', 'set', name, 'up')

    @contextlib.contextmanager
    def capture(self, path, namespace='b', interface='eth0', options=()):
        """Captures whole packets on an interface for as long as the `with` block lasts."""
        program = self.start(
            namespace,
            'tcpdump',
            '-n',
            '-Z',
            'root',
            '-U',
            '--immediate-mode',
            '-i',
            interface,
            '-w',
            str(path),
            *options,
            ready='listening on',
        )
        yield
        time.sleep(0.25)
        terminate(program, signal.SIGINT)
        summary = program.log_path.read_text()
        if '0 packets dropped by kernel' not in summary:
            raise LabError(f'{path}: the capture is not complete\n{summary}')


def terminate(program, first_signal=signal.SIGTERM):
    """Ends a program and its process group; returns when it has ended."""
    if program.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, first_signal)
        try:
            program.wait(5)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait(5)


@contextlib.contextmanager
def pair(work, first='10.10.0.1/24', second='10.10.0.2/24', ipv6=False, offload=False):
    """The usual laboratory: namespaces a and b, one wire. first, second: their addresses, separated by spaces."""
    with Lab(work, ipv6=ipv6) as lab:
        lab.join('a', first.split(), 'b', second.split(), offload)
        yield lab
