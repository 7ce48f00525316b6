"""Captures made of captures: other formats, other link types, cut short; and the day of the demonstration."""

import struct

from lab import LabError, pair, run
from net_services import ask
from pcap_time import first_second, records, retime
from servers import start_dnsmasq

DEMO = ('ssh', 'dns', 'http', 'https', 'ftp-passive', 'ntp', 'icmp', 'scan')
DEMO_OCTETS_MAX = 300_000

# pcapng: block types, and what stands in a block before its options.
SECTION_HEADER_BLOCK, INTERFACE_DESCRIPTION_BLOCK = 0x0A0D0D0A, 1
SECTION_HEADER_OCTETS, INTERFACE_DESCRIPTION_OCTETS = 16, 8
IF_NAME_OPTION = 2
END_OF_OPTIONS = bytes(4)


def mixed_links(work, path, start_second):
    """One conversation, seen on Ethernet at one end and on all interfaces ("any", Linux cooked v2) at the other."""
    ethernet, cooked = work / 'ethernet.pcap', work / 'cooked.pcap'
    with pair(work) as lab:
        start_dnsmasq(lab, 'b')
        with lab.capture(ethernet, 'a'), lab.capture(cooked, 'b', 'any'):
            ask(lab, '10.10.0.2')
            lab.run('a', 'ping', '-n', '-c', '3', '-i', '0.2', '10.10.0.2')
            # Through the loopback interface too, which only "any" sees.
            lab.run('b', 'ping', '-n', '-c', '2', '-i', '0.2', '127.0.0.1')
    shift = start_second - first_second(ethernet)
    moved = [capture.with_suffix('.moved.pcap') for capture in (ethernet, cooked)]
    for source, target in zip((ethernet, cooked), moved, strict=True):
        retime(source, target, shift)
    merged = work / 'merged.pcapng'
    run('mergecap', '-F', 'pcapng', '-w', str(merged), *map(str, moved))
    path.write_bytes(with_interface_names(merged.read_bytes(), ('eth0', 'any')))


def with_interface_names(octets, names):
    """Gives a little-endian pcapng file if_name, and takes the section header's options, which tell of this machine."""
    result = bytearray()
    names = iter(names)
    offset = 0
    while offset < len(octets):
        block_type, length = struct.unpack_from('<II', octets, offset)
        body = octets[offset + 8 : offset + length - 4]
        if block_type == SECTION_HEADER_BLOCK:
            body = body[:SECTION_HEADER_OCTETS]
        elif block_type == INTERFACE_DESCRIPTION_BLOCK:
            name = next(names).encode()
            option = struct.pack('<HH', IF_NAME_OPTION, len(name)) + name + bytes(-len(name) % 4)
            options = body[INTERFACE_DESCRIPTION_OCTETS:] or END_OF_OPTIONS
            body = body[:INTERFACE_DESCRIPTION_OCTETS] + option + options
        total = struct.pack('<I', len(body) + 12)
        result += struct.pack('<I', block_type) + total + body + total
        offset += length
    return bytes(result)


def snap_length(output, path):
    run('editcap', '-F', 'pcap', '-s', '54', str(output / 'http.pcap'), str(path))


def gzipped(output, path):
    compress(output / 'dns.pcap', path, 'gzip', '-9', '-n', '-c')


def zstandard(output, path):
    compress(output / 'ssh.pcap', path, 'zstd', '-q', '-19', '-c')


def compress(source, path, *command):
    """By standard input and output, so that neither a name nor a time gets into the result."""
    run(
        'sh', '-c', 'source=$1 target=$2; shift 2; "$@" < "$source" > "$target"', 'sh', str(source), str(path), *command
    )


def truncated(output, path):
    """Ends in the middle of the last record's octets."""
    octets = (output / 'dns.pcap').read_bytes()
    *_, (_, body, captured, _) = records(octets)
    path.write_bytes(octets[: body + captured // 2])


def demo(output, path):
    run('mergecap', '-F', 'pcap', '-w', str(path), *(str(output / f'{name}.pcap') for name in DEMO))
    size = path.stat().st_size
    if size > DEMO_OCTETS_MAX:
        raise LabError(f'{path}: {size} octets, more than {DEMO_OCTETS_MAX}')
