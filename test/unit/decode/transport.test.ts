import { describe, expect, it } from 'vitest';

import { type Decoded, decodeFrame } from '../../support/decode.js';
import { ethernet, minimum } from '../../support/link-frames.js';
import { bytes } from '../../support/octets.js';
import {
  ah,
  data,
  dccp,
  esp,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  type Piece,
  sctp,
  tcp,
  udp,
  udpLite,
} from '../../support/packets.js';

const ports = { sport: 1111, dport: 2222 };

function over4(piece: Piece): Decoded {
  return decodeFrame(ethernet(ipv4({}, piece))) as Decoded;
}

describe('ports', () => {
  it.each([
    ['TCP', tcp(ports, data(9)), 6, 9],
    ['UDP', udp(ports, data(9)), 17, 9],
    ['UDP-Lite', udpLite(ports, data(9)), 136, 9],
    ['SCTP', sctp(ports, data(9)), 132, 9],
    ['DCCP', dccp(ports, data(9)), 33, 9],
  ])('of %s', (_, piece, protocol, payload) => {
    expect(over4(piece)).toMatchObject({ ...ports, protocol, payload, portsPresent: true, icmp: false });
    expect(decodeFrame(ethernet(ipv6({}, piece)))).toMatchObject({ ...ports, protocol, payload });
  });

  it.each([
    ['ESP', esp(), 50],
    ['AH', ah(udp(ports)), 51],
    ['IGMP', { octets: bytes(0x16, 0, 0, 0, 224, 0, 0, 22), protocol: 2 }, 2],
    ['an unknown protocol', data(8), 253],
  ])('%s has none', (_, piece, protocol) => {
    const expected = { sport: 0, dport: 0, protocol, portsPresent: false, tcpFlags: null };
    expect(over4(piece)).toMatchObject(expected);
    expect(decodeFrame(ethernet(ipv6({}, piece)))).toMatchObject(expected);
  });

  it.each([0, 1, 2, 3])('are 0 when %i octets of the header are within the IP length', (octets) => {
    const frame = { octets: minimum(ethernet(ipv4({ length: 20 + octets }, tcp(ports)))) };
    const expected = { sport: 0, dport: 0, portsPresent: false, octets: 20 + octets, protocol: 6 };
    expect(decodeFrame(frame)).toMatchObject(expected);
    expect(decodeFrame(frame, { commonShape: false })).toMatchObject(expected);
  });

  it('are there as soon as their four octets are', () => {
    expect(decodeFrame({ octets: minimum(ethernet(ipv4({ length: 24 }, udp(ports)))) })).toMatchObject(ports);
  });
});

describe('ICMP', () => {
  it.each([
    ['echo request', icmp(8, 0), 8 * 256],
    ['port unreachable', icmp(3, 3, data(28)), 3 * 256 + 3],
  ])('%s: type and code are the destination port', (_, piece, dport) => {
    const expected = { sport: 0, dport, icmp: true, portsPresent: true, protocol: 1 };
    expect(over4(piece)).toMatchObject(expected);
  });

  it('is the same in version 6', () => {
    const expected = { sport: 0, dport: 135 * 256, icmp: true, portsPresent: true, protocol: 58, payload: 20 };
    expect(decodeFrame(ethernet(ipv6({}, icmpv6(135, 0, data(20)))))).toMatchObject(expected);
  });

  it('without a captured type has neither port', () => {
    const { octets } = ethernet(ipv4({}, icmp(8, 1)));
    const cut = { octets: octets.subarray(0, 14 + 20 + 1), wire: octets.length };
    expect(decodeFrame(cut)).toMatchObject({ sport: 0, dport: 0, icmp: true, portsPresent: false });
  });
});

describe('TCP', () => {
  it('keeps all control bits, and the reserved ones', () => {
    expect(over4(tcp({ flags: 0xfff }))).toMatchObject({ tcpFlags: 0xfff });
    expect(over4(tcp({ flags: 0x102 }))).toMatchObject({ tcpFlags: 0x102 });
  });

  it('subtracts options from the payload', () => {
    expect(over4(tcp({ options: bytes(2, 4, 5, 0xb4) }, data(10)))).toMatchObject({ payload: 10, octets: 54 });
  });

  it('takes the header for 20 octets as long as its length is not there', () => {
    const { octets } = ethernet(ipv4({}, tcp({ options: bytes(2, 4, 5, 0xb4) }, data(10))));
    const cut = { octets: octets.subarray(0, 14 + 20 + 12), wire: octets.length };
    expect(decodeFrame(cut)).toMatchObject({ payload: 14, tcpFlags: null });
  });

  it('has no payload when the header claims more than there is', () => {
    expect(over4(tcp({ words: 15 }, data(10)))).toMatchObject({ payload: 0, tcpFlags: 0x18 });
  });

  it.each([
    [13, false],
    [14, true],
  ])('%i octets of header within the IP length: flags %s', (octets, present) => {
    const frame = { octets: minimum(ethernet(ipv4({ length: 20 + octets }, tcp({ ...ports, flags: 2 })))) };
    expect(decodeFrame(frame)).toMatchObject({
      ...ports,
      tcpFlags: present ? 2 : null,
      sequencePresent: true,
      payload: 0,
    });
  });
});

describe('UDP', () => {
  it('without payload is an ordinary packet', () => {
    expect(over4(udp(ports))).toMatchObject({ ...ports, octets: 28, payload: 0 });
  });

  it('does not use the length field', () => {
    const piece = udp(ports, data(10));
    piece.octets.set([0xff, 0xff], 4);
    expect(over4(piece)).toMatchObject({ ...ports, octets: 38, payload: 10 });
  });
});

describe('a snap length of 54 octets', () => {
  it('loses no counter', () => {
    const { octets } = ethernet(ipv4({}, tcp({ ...ports, flags: 0x18 }, data(1400))));
    const cut = { octets: octets.subarray(0, 54), wire: octets.length };
    expect(decodeFrame(cut)).toMatchObject({ ...ports, octets: 1440, payload: 1400, tcpFlags: 0x18, end: 54 });
  });

  it('keeps the ports of IPv6', () => {
    const { octets } = ethernet(ipv6({}, tcp({ ...ports, flags: 0x18 }, data(1400))));
    const cut = { octets: octets.subarray(0, 58), wire: octets.length };
    expect(decodeFrame(cut)).toMatchObject({ ...ports, octets: 1460, tcpFlags: null, sequencePresent: false });
  });
});
