"""One end of a PPP link, on standard input: a stand-in for pppd where the kernel has no PPP.

    ppp_peer.py server|client OWN_ADDRESS PEER_ADDRESS

Speaks PPP in HDLC-like framing (RFC 1662): LCP (RFC 1661), PAP (RFC 1334), IPCP (RFC 1332), then IPv4. Both ends ask
and acknowledge; the client logs in, pings the server three times through the link, checks it with an LCP echo, and
ends it. Knows just enough for two of its own kind to agree at once.
"""

import os
import select
import socket
import struct
import sys
import termios
import time
import tty

FLAG, ESCAPE = 0x7E, 0x7D
LCP, PAP, IPCP, IPV4 = 0xC021, 0xC023, 0x8021, 0x0021
CONFIGURE_REQUEST, CONFIGURE_ACK, TERMINATE_REQUEST, TERMINATE_ACK, ECHO_REQUEST, ECHO_REPLY = 1, 2, 5, 6, 9, 10
PAP_REQUEST, PAP_ACK = 1, 2
USER, PASSWORD = b'analyst', b'not-a-secret'
SILENCE_S = 10
# Between the steps, so that the far end's answer has left before the next question comes.
PAUSE_S = 0.1


def frame_check(octets):
    """The 16-bit FCS of RFC 1662 appendix C, bit by bit."""
    value = 0xFFFF
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = (value >> 1) ^ 0x8408 if value & 1 else value >> 1
    return value ^ 0xFFFF


def to_frame(protocol, payload):
    octets = struct.pack('!BBH', 0xFF, 0x03, protocol) + payload
    octets += struct.pack('<H', frame_check(octets))
    stuffed = bytearray([FLAG])
    for octet in octets:
        if octet in (FLAG, ESCAPE) or octet < 0x20:
            stuffed += bytes([ESCAPE, octet ^ 0x20])
        else:
            stuffed.append(octet)
    return bytes(stuffed + bytes([FLAG]))


def from_frame(stuffed):
    """(protocol, payload) of what stood between two flags, or None when it is no sound frame."""
    octets = bytearray()
    escaped = False
    for octet in stuffed:
        if octet == ESCAPE:
            escaped = True
        else:
            octets.append(octet ^ 0x20 if escaped else octet)
            escaped = False
    if len(octets) < 6 or frame_check(octets[:-2]) != int.from_bytes(octets[-2:], 'little'):
        return None
    # Address and control may be left out.
    start = 2 if octets[0] == 0xFF else 0
    return int.from_bytes(octets[start : start + 2], 'big'), bytes(octets[start + 2 : -2])


def control(code, identifier, data=b''):
    return struct.pack('!BBH', code, identifier, 4 + len(data)) + data


def checksum(octets):
    total = sum(struct.unpack(f'!{len(octets) // 2}H', octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def echo_packet(source, destination, kind, sequence):
    """An IPv4 packet with an ICMP echo request (kind 8) or reply (kind 0) of 56 octets of data."""
    message = struct.pack('!BBHHH', kind, 0, 0, 77, sequence) + bytes(range(56))
    message = message[:2] + struct.pack('!H', checksum(message)) + message[4:]
    header = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(message), sequence, 0x4000, 64, 1, 0, source, destination)
    return header[:10] + struct.pack('!H', checksum(header)) + header[12:] + message


class Link:
    def __init__(self, own, peer, is_client):
        self.own, self.peer, self.is_client = own, peer, is_client
        self.unread = bytearray()
        self.seen = set()
        self.magic = b'cli1' if is_client else b'srv1'

    def send(self, protocol, payload):
        os.write(0, to_frame(protocol, payload))

    def ask(self):
        """Configure-Request for LCP: MRU 1400 and a magic number; the server also asks for PAP."""
        options = b'\x01\x04' + struct.pack('!H', 1400) + b'\x05\x06' + self.magic
        if not self.is_client:
            options += b'\x03\x04' + struct.pack('!H', PAP)
        self.send(LCP, control(CONFIGURE_REQUEST, 1, options))

    def ask_address(self):
        self.send(IPCP, control(CONFIGURE_REQUEST, 1, b'\x03\x06' + self.own))

    def answer(self, protocol, payload):
        """Answers one frame, and notes what came as (protocol, code or ICMP type)."""
        if protocol == IPV4:
            kind, sequence = payload[20], struct.unpack_from('!H', payload, 26)[0]
            self.seen.add((IPV4, kind, sequence))
            if kind == 8:
                self.send(IPV4, echo_packet(self.own, self.peer, 0, sequence))
            return
        code, identifier = payload[0], payload[1]
        self.seen.add((protocol, code))
        if protocol in (LCP, IPCP) and code == CONFIGURE_REQUEST:
            self.send(protocol, control(CONFIGURE_ACK, identifier, payload[4:]))
        elif protocol == PAP and code == PAP_REQUEST:
            self.send(PAP, control(PAP_ACK, identifier, b'\x00'))
        elif protocol == LCP and code == ECHO_REQUEST:
            self.send(LCP, control(ECHO_REPLY, identifier, self.magic))
        elif protocol == LCP and code == TERMINATE_REQUEST:
            self.send(LCP, control(TERMINATE_ACK, identifier))

    def read_until(self, *wanted):
        """Answers frames until all of `wanted` have come."""
        deadline = time.monotonic() + SILENCE_S
        while not self.seen.issuperset(wanted):
            ready, _, _ = select.select([0], [], [], max(0.0, deadline - time.monotonic()))
            octets = os.read(0, 4096) if ready else b''
            if not octets:
                sys.exit(f'ppp_peer: waited for {wanted}, had only {self.seen}')
            self.unread += octets
            *frames, rest = bytes(self.unread).split(bytes([FLAG]))
            self.unread = bytearray(rest)
            for stuffed in frames:
                frame = from_frame(stuffed)
                if frame is not None:
                    self.answer(*frame)


def main():
    role, own, peer = sys.argv[1:4]
    if os.isatty(0):
        tty.setraw(0, termios.TCSANOW)
    link = Link(socket.inet_aton(own), socket.inet_aton(peer), role == 'client')
    if link.is_client:
        # pptp waits a second before it places the call; what is sent before the far end listens is lost.
        time.sleep(1.5)
    # pptpd forwards nothing to a server that has not spoken first.
    link.ask()
    link.read_until((LCP, CONFIGURE_REQUEST), (LCP, CONFIGURE_ACK))
    if link.is_client:
        login = bytes([len(USER)]) + USER + bytes([len(PASSWORD)]) + PASSWORD
        link.send(PAP, control(PAP_REQUEST, 1, login))
        link.read_until((PAP, PAP_ACK))
    else:
        link.read_until((PAP, PAP_REQUEST))
    link.ask_address()
    link.read_until((IPCP, CONFIGURE_REQUEST), (IPCP, CONFIGURE_ACK))
    if not link.is_client:
        link.read_until((LCP, TERMINATE_REQUEST))
        time.sleep(PAUSE_S)
        return
    for sequence in (1, 2, 3):
        time.sleep(PAUSE_S)
        link.send(IPV4, echo_packet(link.own, link.peer, 8, sequence))
        link.read_until((IPV4, 0, sequence))
    link.send(LCP, control(ECHO_REQUEST, 2, link.magic))
    link.read_until((LCP, ECHO_REPLY))
    time.sleep(PAUSE_S)
    link.send(LCP, control(TERMINATE_REQUEST, 3))
    link.read_until((LCP, TERMINATE_ACK))


main()
