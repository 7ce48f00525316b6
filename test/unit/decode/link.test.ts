import { describe, expect, it } from 'vitest';

import { decodeFrame, type Ignored } from '../../support/decode.js';
import {
  cHdlc,
  ethernet,
  ieee80211,
  ieee8023,
  linuxSll,
  mpls,
  nflog,
  nullLoopback,
  ppp,
  pppoe,
  radiotap,
  securityGroupTag,
  serviceHeader,
  snap,
  trill,
  vlan,
} from '../../support/link-frames.js';
import { bytes, join, u16, u32, u32le, zeros } from '../../support/octets.js';
import { data, ipv4, ipv6, type Piece, udp } from '../../support/packets.js';

const ports = { sport: 1111, dport: 2222 };
const v4 = ipv4({}, udp(ports));

function ignored(frame: Piece, link = 1): Ignored {
  return decodeFrame({ octets: frame.octets, link }) as Ignored;
}

describe('EtherTypes', () => {
  it.each([0x0806, 0x88cc, 0x8863, 0x88e5, 0x0600, 0xffff])('%i is not IP, and counted', (etherType) => {
    expect(ignored(ethernet(data(46), etherType))).toEqual({ ignored: 'notIp', etherType });
  });

  it('below 1536 is a length', () => {
    expect(ignored(ieee8023(data(46)))).toEqual({ ignored: 'notIp', etherType: 46 });
    expect(ignored(ethernet(v4, 0x05ff))).toMatchObject({ ignored: 'notIp', etherType: 0x05ff });
  });

  it.each([
    ['other service access points', bytes(0x42, 0x42, 3)],
    ['a frame with a number', bytes(6, 6, 0)],
    ['SNAP of an organisation of its own', join(bytes(0xaa, 0xaa, 3, 0, 0, 0x0c), u16(0x0800))],
    ['SNAP with a length', join(bytes(0xaa, 0xaa, 3, 0, 0, 0), u16(0x0100))],
  ])('LLC: %s is not IP', (_, head) => {
    expect(ignored(ieee8023({ octets: join(head, v4.octets) })).ignored).toBe('notIp');
  });

  it('Cisco metadata of another version is not IP', () => {
    const frame = ethernet(securityGroupTag(v4));
    frame.octets[14] = 2;
    expect(ignored(frame)).toEqual({ ignored: 'notIp', etherType: 0x8909 });
  });

  it('TRILL of another version is not IP', () => {
    const frame = ethernet(trill(ethernet(v4)));
    frame.octets[14] |= 0x40;
    expect(ignored(frame).ignored).toBe('notIp');
  });

  it.each([
    ['an unknown next protocol', serviceHeader(9, v4)],
    ['less than its own length', serviceHeader(1, v4, 1)],
  ])('a service header with %s is not IP', (_, header) => {
    expect(ignored(ethernet(header)).ignored).toBe('notIp');
  });
});

describe('VLAN tags', () => {
  const stack = (ids: readonly number[]): Piece => ethernet(ids.reduceRight<Piece>((inner, id) => vlan(id, inner), v4));

  it('keep id and priority of the innermost and of the next one outside of it', () => {
    const two = vlan(200, vlan(10, v4, { priority: 2 }), { priority: 5, tpid: 0x88a8 });
    expect(decodeFrame(ethernet(two))).toMatchObject({ vlans: [10, 200], priorities: [5, 2], tagged: true });
    const three = vlan(300, two, { priority: 7, tpid: 0x88a8 });
    expect(decodeFrame(ethernet(three))).toMatchObject({ vlans: [10, 200, 300], priorities: [5, 2], tagged: true });
  });

  it('drop-eligible is no part of the id', () => {
    const frame = ethernet(vlan(0x1064, v4, { priority: 7 }));
    for (const commonShape of [true, false]) {
      expect(decodeFrame(frame, { commonShape })).toMatchObject({ vlans: [0x64], priorities: [7, 7] });
    }
  });

  it('id 0 is a tag with nothing but a priority', () => {
    expect(decodeFrame(ethernet(vlan(0, v4, { priority: 3 })))).toMatchObject({
      vlans: [],
      tagged: true,
      priorities: [3, 3],
    });
  });

  it('beyond the fourth, the innermost four are kept', () => {
    expect(decodeFrame(stack([1, 2, 3]))).toMatchObject({ vlans: [3, 2, 1] });
    expect(decodeFrame(stack([1, 2, 3, 4, 5, 6]))).toMatchObject({ vlans: [6, 5, 4, 3] });
  });

  it('eight are walked, nine are not', () => {
    expect(decodeFrame(stack([1, 2, 3, 4, 5, 6, 7, 8]))).toMatchObject({ ...ports, vlans: [8, 7, 6, 5] });
    expect(ignored(stack([1, 2, 3, 4, 5, 6, 7, 8, 9])).ignored).toBe('tooManyHeaders');
  });

  it('leave key and record when they are switched off', () => {
    for (const frame of [stack([1, 2, 3, 4]), stack([1])]) {
      for (const commonShape of [true, false]) {
        const row = decodeFrame(frame, { vlanInKey: false, commonShape });
        expect(row).toMatchObject({ vlans: [], tagged: false });
      }
    }
  });
});

describe('MPLS', () => {
  const labels = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 + i);

  it('keeps the three topmost labels', () => {
    expect(decodeFrame(ethernet(mpls(labels(5), v4)))).toMatchObject({ ...ports, labels: [100, 101, 102] });
  });

  it('sixteen labels are walked, seventeen are not', () => {
    expect(decodeFrame(ethernet(mpls(labels(16), v4)))).toMatchObject(ports);
    expect(ignored(ethernet(mpls(labels(17), v4))).ignored).toBe('tooManyHeaders');
  });

  it.each([
    ['an associated channel', u32(0x10000021)],
    ['a control word before nothing', u32(7)],
    ['something unknown', join(u32(0xfedcba98), zeros(40))],
  ])('with %s is not IP', (_, octets) => {
    expect(ignored(ethernet(mpls([16], data(octets))))).toEqual({ ignored: 'notIp', etherType: 0x8847 });
  });
});

describe('PPP', () => {
  it.each([0xc021, 0x8021, 0x00fd, 0x002d])('protocol %i is not IP', (protocol) => {
    const frame = ppp(v4, { protocol });
    expect(ignored(frame, 9)).toEqual({ ignored: 'notIp', etherType: 0 });
    expect(ignored(ethernet(pppoe(frame)))).toEqual({ ignored: 'notIp', etherType: 0x8864 });
  });

  it('PPPoE of another stage or version is not IP', () => {
    expect(ignored(ethernet(pppoe(ppp(v4), 0xa7))).ignored).toBe('notIp');
    const frame = ethernet(pppoe(ppp(v4)));
    frame.octets[14] = 0x21;
    expect(ignored(frame).ignored).toBe('notIp');
  });

  it('keep-alives of Cisco HDLC are counted by their type', () => {
    expect(ignored(cHdlc(data(18), 0x8f), 104)).toEqual({ ignored: 'notIp', etherType: 0x8035 });
  });
});

describe('IEEE 802.11', () => {
  const llc = snap(v4);

  it.each([
    ['management', { type: 0, subtype: 8 }],
    ['control', { type: 1, subtype: 13 }],
    ['an extension', { type: 3 }],
    ['data without data', { subtype: 4 }],
    ['QoS data without data', { subtype: 12 }],
    ['an aggregate', { subtype: 8, qos: 0x80 }],
    ['an unknown version', { version: 1 }],
  ])('%s is not IP', (_, options) => {
    expect(ignored(ieee80211(llc, options), 105)).toEqual({ ignored: 'notIp', etherType: 0 });
  });

  it('a protected frame is encrypted', () => {
    expect(ignored(ieee80211(llc, { flags: 0x40 }), 105).ignored).toBe('encryptedLink');
  });

  it('an FCS that radiotap announces does not count', () => {
    const packet = snap(ipv4({ length: 0 }, udp(ports, data(10))));
    const frame = radiotap(ieee80211(packet), [2], bytes(0x10));
    const octets = join(frame.octets, u32(0xcafebabe));
    expect(decodeFrame({ octets, link: 127 })).toMatchObject({ ...ports, octets: 38, end: octets.length - 4 });
  });

  it.each([
    ['another version', (octets: Uint8Array) => octets.set([1], 0)],
    ['a length below its own', (octets: Uint8Array) => octets.set([7, 0], 2)],
  ])('radiotap of %s is not IP', (_, damage) => {
    const frame = radiotap(ieee80211(llc));
    damage(frame.octets);
    expect(ignored(frame, 127).ignored).toBe('notIp');
  });

  it('radiotap whose present words never end is bounded by its length', () => {
    const frame = radiotap(ieee80211(llc), [0x80000002 | 0, 0x80000000 | 0, 0x80000000 | 0]);
    expect(decodeFrame({ octets: frame.octets, link: 127 })).toMatchObject(ports);
  });
});

describe('headers of capturing systems', () => {
  it.each([
    ['a family of no IP', nullLoopback(7, v4), 0],
    ['a family beyond all', nullLoopback(0x12345678, v4), 0],
    ['cooked netlink', linuxSll(v4, 0, 824), 113],
    ['PFLOG of no length', { octets: join(bytes(3, 2), zeros(62), v4.octets) }, 117],
    ['PPI of another version', { octets: join(bytes(1, 0, 8, 0), u32le(101), v4.octets) }, 192],
    ['PPI of no length', { octets: join(bytes(0, 0, 7, 0), u32le(101), v4.octets) }, 192],
    ['PKTAP of no length', { octets: join(u32le(11, 1, 101), v4.octets) }, 258],
    ['Juniper without magic', { octets: join(u32(0x4d474200), ethernet(v4).octets) }, 178],
    ['Juniper without Ethernet', { octets: join(u32(0x4d474302), ethernet(v4).octets) }, 178],
    ['AVS of no length', { octets: join(u32(0x80211001, 7), zeros(100)) }, 163],
    ['SLIP of no direction', { octets: join(bytes(2), zeros(15), v4.octets) }, 8],
    ['frame relay with a bridged frame', { octets: join(bytes(0x18, 0x41, 3, 0x81), v4.octets) }, 107],
    ['frame relay with an address that does not end', { octets: join(zeros(8), v4.octets) }, 107],
    ['FDDI station management', { octets: join(bytes(0x4f), zeros(12), v4.octets) }, 10],
    ['token ring management', { octets: join(bytes(0x10, 0), zeros(12), v4.octets) }, 6],
  ])('%s is not IP', (_, frame, link) => {
    expect(ignored(frame, link).ignored).toBe('notIp');
  });

  it('PPI and PKTAP do not nest', () => {
    const ppi = join(bytes(0, 0, 8, 0), u32le(192));
    expect(ignored({ octets: join(ppi, ppi, v4.octets) }, 192).ignored).toBe('unsupportedLinkType');
    expect(ignored({ octets: join(u32le(12, 1, 258), v4.octets) }, 258).ignored).toBe('unsupportedLinkType');
  });

  it.each([2, 147, 220, 253, 65_535])('link type %i is not supported', (link) => {
    expect(ignored(v4, link)).toEqual({ ignored: 'unsupportedLinkType' });
  });

  it('raw packets of no IP version have a bad header', () => {
    expect(ignored(ipv4({ version: 5 }), 101).ignored).toBe('badIpHeader');
  });

  it('raw packets are told apart by their version, whatever the link type says', () => {
    expect(decodeFrame({ octets: ipv4({}, udp(ports)).octets, link: 229 })).toMatchObject({ ...ports, version: 4 });
    expect(decodeFrame({ octets: ipv6({}, udp(ports)).octets, link: 228 })).toMatchObject({ ...ports, version: 6 });
  });

  it('NFLOG looks no further than 64 attributes', () => {
    const prefix = Array.from({ length: 64 }, () => ({ type: 10, value: bytes(0) }));
    const payload = { type: 9, value: v4.octets };
    expect(decodeFrame({ octets: nflog([...prefix.slice(1), payload]).octets, link: 239 })).toMatchObject(ports);
    expect(ignored(nflog([...prefix, payload]), 239).ignored).toBe('notIp');
  });

  it('NFLOG with an attribute of no length is not IP', () => {
    expect(ignored({ octets: join(u32(0x02000005), u32(0), v4.octets) }, 239).ignored).toBe('notIp');
  });

  it('NFLOG ends the packet where its attribute ends', () => {
    const payload = { type: 9, value: ipv4({ length: 0 }, udp(ports, data(2))).octets };
    const { octets } = nflog([payload, { type: 10, value: zeros(60) }]);
    expect(decodeFrame({ octets, link: 239 })).toMatchObject({ ...ports, octets: 30, payload: 2 });
  });
});

describe('a stack of headers', () => {
  it('is given up when it has more than 64', () => {
    let frame = ethernet(v4);
    for (let i = 0; i < 40; i++) frame = ethernet(frame);
    expect(ignored(frame).ignored).toBe('tooManyHeaders');
  });
});
