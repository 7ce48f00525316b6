"""Time stamps of little-endian pcap files: reads them, moves them by whole seconds, stretches the time between them."""

import struct

TICKS_PER_SECOND = {0xA1B2C3D4: 1_000_000, 0xA1B23C4D: 1_000_000_000}
FILE_HEADER_OCTETS = 24
RECORD_HEADER = struct.Struct('<IIII')


def records(octets):
    """(time stamp in ticks of the file, offset of the octets, captured length, length on the wire) of each packet."""
    ticks = ticks_per_second(octets)
    offset = FILE_HEADER_OCTETS
    while offset < len(octets):
        seconds, fraction, captured, length = RECORD_HEADER.unpack_from(octets, offset)
        offset += RECORD_HEADER.size
        yield seconds * ticks + fraction, offset, captured, length
        offset += captured


def ticks_per_second(octets):
    return TICKS_PER_SECOND[struct.unpack_from('<I', octets)[0]]


def first_second(path):
    """The whole second (since 1970) of the first packet."""
    octets = path.read_bytes()
    for stamp, *_ in records(octets):
        return stamp // ticks_per_second(octets)
    raise ValueError(f'{path}: no packets')


def longest_gap_s(path):
    """The longest time between two packets that follow each other."""
    octets = path.read_bytes()
    stamps = [stamp for stamp, *_ in records(octets)]
    return max(later - earlier for earlier, later in zip(stamps, stamps[1:])) / ticks_per_second(octets)


def retime(source, target, shift_seconds, stretch=1):
    """Adds whole seconds to each time stamp; `stretch` multiplies the distance from the first packet."""
    octets = source.read_bytes()
    ticks = ticks_per_second(octets)
    result = bytearray(octets[:FILE_HEADER_OCTETS])
    first = None
    for stamp, body, captured, length in records(octets):
        first = stamp if first is None else first
        moved = first + shift_seconds * ticks + (stamp - first) * stretch
        result += RECORD_HEADER.pack(moved // ticks, moved % ticks, captured, length) + octets[body : body + captured]
    target.write_bytes(result)
