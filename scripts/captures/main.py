"""Makes the captures: main.py WORK OUTPUT [CAPTURE...]. Started by scripts/make-captures, in private namespaces."""

import calendar
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import derived
import disguise
import login_services
import net_services
import network_captures
import readme
import vpn_captures
import witness
from lab import LabError
from pcap_time import first_second, retime
from tunnels import TUNNELS, capture_tunnel

DAY = '2026-01-15'


@dataclass(frozen=True)
class Capture:
    """start: time of day (UTC) of the first packet. make(work, path) may return a note for README.md."""

    name: str
    start: str
    make: Callable
    stretch: int = 1


CAPTURES = (
    Capture('ssh', '08:02:11', login_services.ssh),
    Capture('dns', '08:41:37', net_services.dns),
    Capture('http', '09:05:52', net_services.http),
    Capture('https', '09:30:08', net_services.https),
    Capture('ftp-passive', '10:12:44', login_services.ftp_passive),
    Capture('ntp', '11:00:00', net_services.ntp),
    Capture('icmp', '11:47:19', network_captures.icmp),
    Capture('scan', '12:33:03', network_captures.scan),
    Capture('quiet-vpn', '13:00:00', vpn_captures.quiet_vpn, vpn_captures.HASTE),
    Capture('ftp-active', '14:20:00', login_services.ftp_active),
    Capture('telnet', '14:25:00', login_services.telnet),
    Capture('pptp', '14:30:00', vpn_captures.pptp),
    Capture('dhcp', '14:35:00', net_services.dhcp),
    Capture('ipv6', '14:40:00', net_services.ipv6),
    Capture('traceroute', '14:45:00', network_captures.traceroute),
    Capture('http-offload', '14:50:00', net_services.http_offload),
    Capture('icmp-nanoseconds', '14:55:00', network_captures.icmp_nanoseconds),
    *(Capture(kind, f'15:{number * 2:02d}:00', capture_tunnel(kind)) for number, kind in enumerate(TUNNELS)),
)

# File name → what makes it of the captures above.
DERIVED = {
    'http-snaplen54.pcap': derived.snap_length,
    'dns.pcap.gz': derived.gzipped,
    'ssh.pcap.zst': derived.zstandard,
    'dns-truncated.pcap': derived.truncated,
    'demo.pcap': derived.demo,
}
MIXED_LINKS = 'mixed-links.pcapng'
MIXED_LINKS_START = '16:00:00'
MARK_CHARACTERS_MIN = 5
CUT = ('dns-truncated.pcap',)


def epoch_second(time_of_day):
    return calendar.timegm(time.strptime(f'{DAY} {time_of_day}', '%Y-%m-%d %H:%M:%S'))


def make(capture, work, output):
    """Makes one capture, moves it to its time of day; returns the note for README.md."""
    print(capture.name, flush=True)
    raw = work / f'{capture.name}.raw.pcap'
    note = capture.make(work, raw)
    retime(raw, output / f'{capture.name}.pcap', epoch_second(capture.start) - first_second(raw), capture.stretch)
    return note


def check_anonymous(output):
    """Neither the machine's name (a short one would be found by chance) nor its kernel's version is in a capture."""
    host_name = os.environ['WEIR_OUTER_HOSTNAME'].split('.')[0]
    marks = [mark.lower().encode() for mark in (host_name, os.uname().release) if len(mark) >= MARK_CHARACTERS_MIN]
    for path in sorted(output.glob('*.pcap*')):
        octets = path.read_bytes().lower()
        for mark in marks:
            if mark in octets:
                raise LabError(f'{path.name}: has {mark.decode()!r} of this machine in it')


def main():
    work, destination, *wanted = sys.argv[1:]
    work, destination = Path(work), Path(destination)
    unknown = set(wanted) - {capture.name for capture in CAPTURES}
    if unknown:
        sys.exit(f'make-captures: no such capture: {", ".join(sorted(unknown))}')
    disguise.assume(work)
    output = work / 'output'
    output.mkdir()
    notes = {}
    for capture in CAPTURES:
        if not wanted or capture.name in wanted:
            notes[capture.name] = make(capture, work, output)
    if not wanted:
        print('derived captures', flush=True)
        derived.mixed_links(work, output / MIXED_LINKS, epoch_second(MIXED_LINKS_START))
        for name, derive in DERIVED.items():
            derive(output, output / name)
        names = [*(f'{capture.name}.pcap' for capture in CAPTURES), MIXED_LINKS, *DERIVED]
        witness.write_expected(output, [(name, name in CUT) for name in names])
        facts = {'haste': vpn_captures.HASTE, 'demo': ', '.join(derived.DEMO)}
        readme.write(output, names, notes, tuple(TUNNELS), facts)
    check_anonymous(output)
    deliver(output, destination)


def deliver(output, destination):
    """Copies only when everything has been made. Files belong to whom the directory belongs."""
    owner = destination.stat()
    total = 0
    for path in sorted(output.iterdir()):
        target = destination / path.name
        shutil.copyfile(path, target)
        os.chown(target, owner.st_uid, owner.st_gid)
        total += path.stat().st_size
    print(f'{total} octets in {destination}')


try:
    main()
except (LabError, OSError, ValueError) as error:
    sys.exit(f'make-captures: {error}')
