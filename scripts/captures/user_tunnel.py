"""One end of a tunnel in user space, for encapsulations that the running kernel does not know.

    user_tunnel.py KIND LOCAL REMOTE DEVICE

Makes a TUN (IP) or TAP (Ethernet) device; what the kernel sends there goes, wrapped, to REMOTE (or, for the layer-2
kinds, out of eth0), and what comes back is unwrapped. Each kind is a pair of functions, wrap(packet) and
unwrap(payload), the latter returning None for what is not its own.
"""

import errno
import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
ETHERTYPE_IPV4, ETHERTYPE_IPV6, ETHERTYPE_TEB = 0x0800, 0x86DD, 0x6558
ETHERTYPE_8021Q, ETHERTYPE_8021AD, ETHERTYPE_MPLS = 0x8100, 0x88A8, 0x8847
ETHERTYPE_ERSPAN_II, ETHERTYPE_ERSPAN_III = 0x88BE, 0x22EB
PACKET_AUXDATA, SOL_PACKET, PACKET_OUTGOING, TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID = 8, 263, 4, 0x10, 0x40

KEY = 42
VLAN_ID, SERVICE_VLAN_ID = 10, 200
TTL = 64


def ethertype_of(packet):
    return ETHERTYPE_IPV6 if packet[0] >> 4 == 6 else ETHERTYPE_IPV4


class Sequence:
    """GRE sequence numbers, from 0."""

    def __init__(self):
        self.next = 0

    def take(self):
        self.next += 1
        return self.next - 1


def bare():
    return lambda packet: packet, lambda payload: payload


def gre():
    """RFC 2784 with the key of RFC 2890; IP inside."""
    header = 8
    return (
        lambda packet: struct.pack('!HHI', 0x2000, ethertype_of(packet), KEY) + packet,
        lambda payload: payload[header:],
    )


def gretap():
    """As above, Ethernet inside (transparent Ethernet bridging)."""
    return lambda frame: struct.pack('!HHI', 0x2000, ETHERTYPE_TEB, KEY) + frame, lambda payload: payload[8:]


def erspan_ii():
    """draft-foschiano-erspan: GRE with a sequence number, then version 1 (type II), VLAN 0, session id, index."""
    sequence = Sequence()

    def wrap(frame):
        return struct.pack('!HHIHHI', 0x1000, ETHERTYPE_ERSPAN_II, sequence.take(), 1 << 12, KEY, 7) + frame

    return wrap, lambda payload: payload[16:]


def erspan_iii():
    """Version 2 (type III): session id, time stamp, security group, hardware id 5, units of 100 µs, no sub-header."""
    sequence = Sequence()

    def wrap(frame):
        number = sequence.take()
        return struct.pack('!HHIHHIHH', 0x1000, ETHERTYPE_ERSPAN_III, number, 2 << 12, KEY, number, 0, 5 << 4) + frame

    return wrap, lambda payload: payload[20:]


def geneve():
    """RFC 8926, Ethernet inside, one option (class 0xFFFF, reserved for experiments) of four octets of data."""
    option = struct.pack('!HBBI', 0xFFFF, 1, 1, 7)
    header = struct.pack('!BBHI', len(option) // 4, 0, ETHERTYPE_TEB, KEY << 8) + option
    return lambda frame: header + frame, lambda payload: payload[8 + (payload[0] & 0x3F) * 4 :]


def gtpu():
    """3GPP TS 29.281 §5.1: version 1, G-PDU, tunnel endpoint identifier, nothing optional."""
    return lambda packet: struct.pack('!BBHI', 0x30, 0xFF, len(packet), KEY) + packet, lambda payload: payload[8:]


def vlan():
    """IEEE 802.1Q, priority 5."""
    tag = struct.pack('!HH', ETHERTYPE_8021Q, 5 << 13 | VLAN_ID)
    return lambda frame: frame[:12] + tag + frame[12:], untag(tag)


def qinq():
    """IEEE 802.1ad: service tag, then customer tag."""
    tags = struct.pack('!HHHH', ETHERTYPE_8021AD, SERVICE_VLAN_ID, ETHERTYPE_8021Q, VLAN_ID)
    return lambda frame: frame[:12] + tags + frame[12:], untag(tags)


def untag(tags):
    end = 12 + len(tags)
    return lambda frame: frame[:12] + frame[end:] if frame[12:end] == tags else None


def mpls():
    """RFC 3032: two labels, IP below them. The Ethernet header is made here, for TUN has none."""
    stack = struct.pack('!II', 1000 << 12 | TTL, 2000 << 12 | 1 << 8 | TTL)
    header = struct.pack('!H', ETHERTYPE_MPLS) + stack
    return lambda packet: header + packet, lambda frame: frame[22:] if frame[12:14] == header[:2] else None


# kind: (device, transport, its number, functions). Numbers: IP protocol, UDP port, none for frames.
KINDS = {
    'geneve': (IFF_TAP, 'udp', 6081, geneve),
    'gre': (IFF_TUN, 'ip', 47, gre),
    'gretap': (IFF_TAP, 'ip', 47, gretap),
    'ipip': (IFF_TUN, 'ip', 4, bare),
    'sit': (IFF_TUN, 'ip', 41, bare),
    'ip6tnl': (IFF_TUN, 'ip', 4, bare),
    'erspan1': (IFF_TAP, 'ip', 47, erspan_ii),
    'erspan2': (IFF_TAP, 'ip', 47, erspan_iii),
    'gtpu': (IFF_TUN, 'udp', 2152, gtpu),
    'vlan': (IFF_TAP, 'frame', None, vlan),
    'qinq': (IFF_TAP, 'frame', None, qinq),
    'mpls': (IFF_TUN, 'frame', None, mpls),
}


def open_device(name, mode):
    device = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack('16sH22x', name.encode(), mode | IFF_NO_PI))
    return device


class Outside:
    """The side towards the wire: send(octets) and receive() → octets or None."""

    def __init__(self, transport, number, local, remote):
        self.transport = transport
        family = socket.AF_INET6 if ':' in local else socket.AF_INET
        self.strips_ip_header = transport == 'ip' and family == socket.AF_INET
        if transport == 'udp':
            self.socket = socket.socket(family, socket.SOCK_DGRAM)
            self.socket.bind((local, number))
            self.target = (remote, number)
        elif transport == 'ip':
            self.socket = socket.socket(family, socket.SOCK_RAW, number)
            self.socket.bind((local, 0))
            self.target = (remote, 0)
        else:
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            self.socket.bind(('eth0', 0))
            self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)

    def send(self, octets):
        if self.transport == 'frame':
            self.socket.send(octets)
        else:
            self.socket.sendto(octets, self.target)

    def receive(self):
        octets, ancillary, _, address = self.socket.recvmsg(65536, 256)
        if self.transport == 'frame':
            return None if address[2] == PACKET_OUTGOING else with_tag(octets, ancillary)
        return octets[(octets[0] & 0xF) * 4 :] if self.strips_ip_header else octets


def with_tag(frame, ancillary):
    """Linux hands the outermost tag of a received frame over beside the frame: puts it back."""
    for level, kind, data in ancillary:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, tpid = struct.unpack('IIIHHHH', data[:20])
            if status & TP_STATUS_VLAN_VALID:
                tpid = tpid if status & TP_STATUS_VLAN_TPID_VALID else ETHERTYPE_8021Q
                return frame[:12] + struct.pack('!HH', tpid, tci) + frame[12:]
    return frame


def deliver(device, packet):
    """Hands a packet to the kernel. While the device is down it is lost, as on any interface."""
    try:
        os.write(device, packet)
    except OSError as error:
        if error.errno != errno.EIO:
            raise


def main():
    kind, local, remote, name = sys.argv[1:5]
    mode, transport, number, functions = KINDS[kind]
    wrap, unwrap = functions()
    device = open_device(name, mode)
    outside = Outside(transport, number, local, remote)
    # MPLS frames want an Ethernet header of their own; `local` and `remote` are MAC addresses then.
    ethernet = b''.join(bytes.fromhex(mac.replace(':', '')) for mac in (remote, local)) if kind == 'mpls' else b''
    print('tunnel is up', flush=True)
    while True:
        for descriptor in select.select([device, outside.socket], [], [])[0]:
            if descriptor == device:
                outside.send(ethernet + wrap(os.read(device, 65536)))
            else:
                payload = outside.receive()
                packet = unwrap(payload) if payload is not None else None
                if packet:
                    deliver(device, packet)


main()
