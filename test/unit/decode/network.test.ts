import { describe, expect, it } from 'vitest';

import { decodeFrame, type Ignored } from '../../support/decode.js';
import { ethernet, minimum } from '../../support/link-frames.js';
import { bytes, join, u16, u32 } from '../../support/octets.js';
import { data, extension, fragmentHeader, icmpv6, ipv4, ipv6, type Piece, tcp, udp } from '../../support/packets.js';

const ports = { sport: 1111, dport: 2222 };
const datagram = udp(ports, data(40));

function reasonOf(frame: Piece, wire?: number): string {
  const { octets } = frame;
  return (decodeFrame(wire === undefined ? { octets } : { octets, wire }) as Ignored).ignored;
}

describe('IPv4', () => {
  it('counts by total length, not by what padding adds', () => {
    const frame = { octets: minimum(ethernet(ipv4({ ttl: 1, tos: 0xb8 }, udp(ports, data(2))))) };
    expect(frame.octets.length).toBe(60);
    expect(decodeFrame(frame)).toMatchObject({ octets: 30, payload: 2, ttl: 1, tos: 0xb8, end: 60 });
  });

  it.each([
    ['version 6', { version: 6 }],
    ['version 0', { version: 0 }],
    ['a header of 4 words', { words: 4 }],
    ['a header of no words', { words: 0 }],
    ['a total length below the header length', { length: 19 }],
  ])('with %s is bad', (_, options) => {
    expect(reasonOf(ethernet(ipv4(options, datagram)))).toBe('badIpHeader');
  });

  it('whose options are longer than the total length is bad', () => {
    expect(reasonOf(ethernet(ipv4({ options: bytes(1, 1, 1, 1), length: 20 }, datagram)))).toBe('badIpHeader');
  });

  it('whose header claims more than the frame holds is cut', () => {
    expect(reasonOf(ethernet(ipv4({ words: 15 }, data(20))))).toBe('truncatedIpHeader');
  });

  it('with total length 0 has the length of the frame', () => {
    const { octets } = ethernet(ipv4({ length: 0 }, tcp(ports, data(3000))));
    expect(decodeFrame({ octets })).toMatchObject({ ...ports, octets: 3040, payload: 3000, tcpFlags: 0x18 });
    const cut = { octets: octets.subarray(0, 100), wire: octets.length };
    expect(decodeFrame(cut)).toMatchObject({ ...ports, octets: 3040, payload: 3000 });
  });

  it('with total length 0 never has more than fits its column, whatever the file claims', () => {
    const { octets } = ethernet(ipv4({ length: 0 }, tcp(ports)));
    const row = decodeFrame({ octets, wire: 0xffffffff });
    expect(row).toMatchObject({ ...ports, octets: 0xffffff - 14, payload: 0xffffff - 14 - 40 });
  });

  it('is metered when a file claims less on the wire than it holds', () => {
    const { octets } = ethernet(ipv4({ length: 0 }, tcp(ports, data(60))));
    expect(decodeFrame({ octets, wire: 1 })).toMatchObject({ ...ports, octets: 100 });
  });
});

describe('IPv6', () => {
  it('has a traffic class across two octets', () => {
    const packet = ipv6({ trafficClass: 0xb9, flowLabel: 0xfffff, hopLimit: 255 }, datagram);
    expect(decodeFrame(ethernet(packet))).toMatchObject({ ...ports, tos: 0xb9, ttl: 255, octets: 88 });
  });

  it('with another version is bad', () => {
    expect(reasonOf(ethernet(ipv6({ version: 4 }, datagram)))).toBe('badIpHeader');
  });

  it('with payload length 0 and data is a jumbogram', () => {
    const jumbo = { octets: join(bytes(6, 0, 0xc2, 4), u32(70_020), tcp(ports, data(70_000)).octets), protocol: 0 };
    const { octets } = ethernet(ipv6({ length: 0 }, jumbo));
    const expected = { ...ports, octets: 40 + 8 + 70_020, payload: 70_000, protocol: 6 };
    expect(decodeFrame({ octets })).toMatchObject(expected);
    expect(decodeFrame({ octets: octets.subarray(0, 96), wire: octets.length })).toMatchObject(expected);
  });

  it('with payload length 0 and no next header is 40 octets, whatever pads the frame', () => {
    const frame = { octets: minimum(ethernet(ipv6({ nextHeader: 59 }, data()))) };
    expect(decodeFrame(frame)).toMatchObject({ protocol: 59, octets: 40, payload: 0, portsPresent: false });
  });

  it.each([
    ['no next header', 59, 59],
    ['ESP', 50, 50],
    ['AH', 51, 51],
  ])('%s ends the walk', (_, nextHeader, protocol) => {
    const packet = ipv6({}, extension(60, { ...datagram, protocol: nextHeader }));
    expect(decodeFrame(ethernet(packet))).toMatchObject({ protocol, sport: 0, dport: 0, portsPresent: false });
  });

  it.each([135, 139, 140])('header %i is walked over when another one follows', (kind) => {
    expect(decodeFrame(ethernet(ipv6({}, extension(kind, datagram))))).toMatchObject({ ...ports, protocol: 17 });
    const last = ipv6({}, extension(kind, { octets: bytes(), protocol: 59 }));
    expect(decodeFrame(ethernet(last))).toMatchObject({ protocol: kind, portsPresent: false });
  });

  it('may have any number of extension headers that fits a packet of test suites, but no more', () => {
    const nested = (count: number): Piece => {
      let piece: Piece = icmpv6(128, 0);
      for (let i = 0; i < count; i++) piece = extension(60, piece);
      return ethernet(ipv6({}, piece));
    };
    expect(decodeFrame(nested(16))).toMatchObject({ protocol: 58, dport: 128 * 256 });
    expect(decodeFrame(nested(256))).toMatchObject({ protocol: 58 });
    expect(reasonOf(nested(257))).toBe('tooManyHeaders');
  });

  it('whose extension header reaches beyond the payload length is cut', () => {
    const packet = ipv6({ length: 8 }, extension(60, datagram, 1));
    expect(reasonOf(ethernet(packet))).toBe('truncatedExtensionHeader');
  });
});

describe('fragments of IPv4', () => {
  const more = 0x2000;

  it('the first has ports and an identification', () => {
    const row = decodeFrame(ethernet(ipv4({ fragment: more, identification: 0xbeef }, datagram)));
    expect(row).toMatchObject({ ...ports, fragment: 'first', identification: 0xbeef });
  });

  it.each([
    ['in the middle', more | 185],
    ['at the end', 185],
    ['at the greatest offset', 0x1fff],
  ])('one %s has none', (_, fragment) => {
    const row = decodeFrame(ethernet(ipv4({ fragment, identification: 7 }, datagram)));
    const expected = { sport: 0, dport: 0, portsPresent: false, fragment: 'later', identification: 7, payload: 48 };
    expect(row).toMatchObject({ ...expected, tcpFlags: null, octets: 68, protocol: 17 });
  });

  it('a later one of ICMP is told apart from type 0', () => {
    const row = decodeFrame(ethernet(ipv4({ fragment: 185, protocol: 1 }, data(40))));
    expect(row).toMatchObject({ dport: 0, portsPresent: false, icmp: true, fragment: 'later' });
  });

  it.each([0x4000, 0x8000, 0xc000])('flags %i alone are no fragment', (fragment) => {
    const frame = ethernet(ipv4({ fragment }, datagram));
    expect(decodeFrame(frame)).toMatchObject({ ...ports, fragment: null });
    expect(decodeFrame(frame, { commonShape: false })).toEqual(decodeFrame(frame));
  });

  it('the first one may hold less than the transport header', () => {
    const frame = ethernet(ipv4({ fragment: more, length: 28 }, tcp(ports)));
    expect(decodeFrame(frame)).toMatchObject({ ...ports, fragment: 'first', tcpFlags: null, sequencePresent: true });
  });
});

describe('fragments of IPv6', () => {
  it('the first has ports and an identification', () => {
    const packet = ipv6({}, extension(0, fragmentHeader(0, true, 0xdeadbeef, datagram)));
    expect(decodeFrame(ethernet(packet))).toMatchObject({ ...ports, fragment: 'first', identification: 0xdeadbeef });
  });

  it('later ones have none, and are not walked on', () => {
    const packet = ipv6({}, fragmentHeader(181, false, 9, { octets: u16(0xffff, 0xffff), protocol: 17 }));
    const expected = { sport: 0, dport: 0, protocol: 17, fragment: 'later', identification: 9, payload: 4 };
    expect(decodeFrame(ethernet(packet))).toMatchObject(expected);
  });

  it('an atomic one is an ordinary packet', () => {
    const packet = ipv6({}, fragmentHeader(0, false, 9, datagram));
    expect(decodeFrame(ethernet(packet))).toMatchObject({ ...ports, fragment: null, identification: null });
  });

  it('a header cut short is cut', () => {
    const packet = ipv6({ length: 7 }, fragmentHeader(0, true, 9, datagram));
    expect(reasonOf(ethernet(packet))).toBe('truncatedExtensionHeader');
  });
});
