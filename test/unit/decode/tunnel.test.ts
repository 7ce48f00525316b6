import { describe, expect, it } from 'vitest';

import { DEFAULT_DECAP } from '../../../src/decode/decode-settings.js';
import { ALL_TUNNELS, batchOf, decodeBatch, type Decoded, decodeFrame, wholeRow } from '../../support/decode.js';
import { ethernet, ieee80211, minimum, mpls, ppp, snap, vlan } from '../../support/link-frames.js';
import { bytes, join, u16, u32, zeros } from '../../support/octets.js';
import { data, ipv4, ipv6, type Piece, tcp, udp } from '../../support/packets.js';
import {
  carried,
  erspan1,
  erspan2,
  erspan3,
  geneve,
  gre,
  gtpU,
  l2tp2,
  l2tp3,
  nvgre,
  pptpGre,
  teredo,
  tzsp,
  vxlan,
  vxlanGpe,
} from '../../support/tunnels.js';

const ports = { sport: 1111, dport: 2222 };
const inner = ipv4({ src: '172.16.0.1', dst: '172.16.0.2' }, tcp(ports));
const frame = ethernet(inner);
const INSIDE = { src: '172.16.0.1', dst: '172.16.0.2', ...ports };
const OUTSIDE = { src: '192.0.2.1', dst: '192.0.2.2', tunnels: [], outer: [] };

function scopeOf(piece: Piece, options = {}): unknown {
  const { batch, decoded } = decodeBatch(batchOf([piece]), options);
  return (wholeRow(decoded, 0, batch.offset[0]) as { scope: number }).scope;
}

describe('a decapsulated packet', () => {
  it('keeps the outermost addresses', () => {
    expect(decodeFrame(carried(vxlan(42, frame)))).toMatchObject({ ...INSIDE, outer: ['192.0.2.1', '192.0.2.2'] });
    const over6 = ethernet(ipv6({ src: 'fd00::1', dst: 'fd00::2' }, gre({}, inner)));
    expect(decodeFrame(over6)).toMatchObject({ ...INSIDE, outer: ['fd00:0:0:0:0:0:0:1', 'fd00:0:0:0:0:0:0:2'] });
    const nested = ethernet(ipv6({}, ipv4({ src: '9.9.9.9' }, gre({}, inner))));
    expect(decodeFrame(nested)).toMatchObject({ ...INSIDE, outer: ['fd00:0:0:0:0:0:0:1', 'fd00:0:0:0:0:0:0:2'] });
  });

  it('has the tags within the tunnel and none of its carrier', () => {
    const outerTag = ethernet(vlan(7, ipv4({}, gre({}, inner)), { priority: 5 }));
    expect(decodeFrame(outerTag)).toMatchObject({ ...INSIDE, vlans: [], tagged: false, priorities: [0, 0] });
    const outerTags = ethernet(vlan(1, vlan(2, vlan(3, ipv4({}, vxlan(9, ethernet(vlan(4, inner))))))));
    expect(decodeFrame(outerTags)).toMatchObject({ ...INSIDE, vlans: [4], tagged: true });
  });

  it('has the Ethernet header nearest to it', () => {
    expect(decodeFrame(carried(vxlan(42, frame)))).toMatchObject({ ethernetOffset: 14 + 20 + 8 + 8 });
    expect(decodeFrame(carried(inner))).toMatchObject({ ethernetOffset: 0 });
  });

  it('belongs to another flow when the tunnel has another id or kind', () => {
    const scopes = [
      scopeOf(frame),
      scopeOf(carried(vxlan(42, frame))),
      scopeOf(carried(vxlan(43, frame))),
      scopeOf(carried(geneve(42, frame))),
      scopeOf(carried(ipv4({}, vxlan(42, frame)))),
      scopeOf(carried(vxlan(42, ethernet(ipv4({}, inner))))),
    ];
    expect(scopes[0]).toBe(0);
    expect(new Set(scopes).size).toBe(scopes.length);
  });

  it('belongs to the same flow between whatever outer addresses', () => {
    const moved = ethernet(ipv4({ src: '192.0.2.9' }, vxlan(42, frame)));
    expect(scopeOf(moved)).toBe(scopeOf(carried(vxlan(42, frame))));
  });
});

describe('which tunnels are opened', () => {
  const mirrored = carried(erspan2(42, frame));

  it('those of mirrored traffic unless told otherwise', () => {
    expect(decodeFrame(mirrored, { decap: DEFAULT_DECAP })).toMatchObject({ ...INSIDE, tunnels: ['erspan:42'] });
    expect(decodeFrame(carried(tzsp(frame)), { decap: DEFAULT_DECAP })).toMatchObject(INSIDE);
    expect(decodeFrame(carried(vxlan(42, frame)), { decap: DEFAULT_DECAP })).toMatchObject({ ...OUTSIDE, dport: 4789 });
  });

  it.each(ALL_TUNNELS)('%s alone opens no other', (name) => {
    const others: Record<string, Piece> = {
      ipip: carried(inner),
      '6in4': carried(ipv6({}, tcp(ports))),
      '4in6': ethernet(ipv6({}, inner)),
      '6in6': ethernet(ipv6({}, ipv6({}, tcp(ports)))),
      gre: carried(gre({}, inner)),
      nvgre: carried(nvgre(0x1000, frame)),
      erspan: mirrored,
      vxlan: carried(vxlan(1, frame)),
      geneve: carried(geneve(1, frame)),
      gtp: carried(gtpU(1, inner)),
      l2tp: carried(l2tp3(1, frame)),
      teredo: carried(teredo(ipv6({}, tcp(ports)))),
      tzsp: carried(tzsp(frame)),
      mpls: carried(mpls([16], inner)),
    };
    expect(Object.keys(others)).toEqual(ALL_TUNNELS);
    for (const [kind, piece] of Object.entries(others)) {
      if (kind === 'nvgre' && name === 'gre') continue; // NVGRE is GRE
      const row = decodeFrame(piece, { decap: [name] }) as Decoded;
      expect(
        row.tunnels.map((layer) => layer.split(':')[0]),
        kind,
      ).toEqual(kind === name ? [name] : []);
    }
  });

  it('Ethernet in GRE with the key of a virtual subnet is GRE when NVGRE is not opened', () => {
    const piece = carried(nvgre(0x1234, frame));
    expect(decodeFrame(piece, { decap: ['gre'] })).toMatchObject({ ...INSIDE, tunnels: [`gre:${0x123411}`] });
    expect(decodeFrame(carried(nvgre(0xfff, frame)), { decap: ['nvgre'] })).toMatchObject(OUTSIDE);
    expect(decodeFrame(carried(nvgre(0xfff, frame)))).toMatchObject({ tunnels: [`gre:${0xfff11}`] });
  });

  it('ports of the configuration replace the registered ones', () => {
    const options = { decap: ['vxlan'], ports: { vxlan: [5555] } };
    const moved = carried(udp({ dport: 5555 }, { octets: vxlan(42, frame).octets.subarray(8) }));
    expect(decodeFrame(moved, options)).toMatchObject({ ...INSIDE, tunnels: ['vxlan:42'] });
    expect(decodeFrame(carried(vxlan(42, frame)), options)).toMatchObject(OUTSIDE);
  });

  it('a tunnel may be told by its source port', () => {
    const answer = carried(udp({ sport: 2152, dport: 40_000 }, { octets: gtpU(42, inner).octets.subarray(8) }));
    expect(decodeFrame(answer)).toMatchObject({ ...INSIDE, tunnels: ['gtp:42'] });
  });
});

describe('nesting', () => {
  const nested = (count: number): Piece => {
    let piece = inner;
    for (let i = count; i > 0; i--) piece = ipv4({ src: `10.0.0.${i}`, dst: '10.9.9.9' }, gre({ key: i }, piece));
    return ethernet(piece);
  };

  it('four tunnels are opened', () => {
    expect(decodeFrame(nested(4))).toMatchObject({ ...INSIDE, tunnels: ['gre:1', 'gre:2', 'gre:3', 'gre:4'] });
  });

  it('what lies deeper is a packet of the fourth', () => {
    const tunnels = ['gre:1', 'gre:2', 'gre:3', 'gre:4'];
    expect(decodeFrame(nested(5))).toMatchObject({ src: '10.0.0.5', dst: '10.9.9.9', protocol: 47, tunnels });
    expect(decodeFrame(nested(6))).toMatchObject({ src: '10.0.0.5', protocol: 47, tunnels });
  });

  it('when the innermost is bad, the one around it is metered', () => {
    const bad = ethernet(ipv4({}, gre({ key: 1 }, ipv4({ src: '10.0.0.8' }, gre({ key: 2 }, ipv4({ words: 2 }))))));
    expect(decodeFrame(bad)).toMatchObject({ src: '10.0.0.8', protocol: 47, tunnels: ['gre:1'] });
  });
});

describe('an inner packet that cannot be decoded is metered as the tunnel', () => {
  const bad = ipv4({ version: 9 }, tcp());
  const arp = ethernet(data(28), 0x0806);
  const cases: readonly (readonly [string, Piece])[] = [
    ['IP in IP', ipv4({ version: 6, protocol: 4 }, tcp())],
    ['GRE', gre({ protocol: 0x0800 }, bad)],
    ['GRE with what is not IP', gre({ protocol: 0x88cc }, data(40))],
    ['GRE of another version', gre({ version: 2, protocol: 0x0800 }, inner)],
    ['GRE keep-alive', gre({ protocol: 0 }, data(0))],
    ['GRE whose routes do not end', { octets: join(u16(0x4000, 0x0800), u32(0), u16(1), bytes(0, 200)), protocol: 47 }],
    ['PPTP without payload', pptpGre(1, data(0), { acknowledgement: 1 })],
    ['PPTP with a control protocol', pptpGre(1, ppp(data(8)), { sequence: 1 })],
    ['PPTP with another protocol type', { octets: join(u16(0x2001, 0x0800, 20, 1), inner.octets), protocol: 47 }],
    ['ERSPAN I', erspan1(arp)],
    ['ERSPAN II', erspan2(1, arp)],
    ['ERSPAN III with another kind of frame', erspan3(1, frame, 1)],
    ['VXLAN without an id', vxlan(1, frame, 0)],
    ['VXLAN with ARP', vxlan(1, arp)],
    ['VXLAN-GPE with a bad packet', vxlanGpe(1, 1, bad)],
    ['GENEVE with a control message', geneve(1, { octets: zeros(8), etherType: 0x88b5 })],
    [
      'GENEVE of another version',
      (() => {
        const piece = geneve(1, frame);
        piece.octets[8] |= 0x40;
        return piece;
      })(),
    ],
    ['GTP-U echo request', gtpU(0, data(4), { messageType: 1 })],
    ['GTP-U with what is not IP', gtpU(1, data(40))],
    ['GTP-U with an extension header of no length', gtpU(1, inner, { extensions: [{ type: 1, content: bytes() }] })],
    ['L2TPv2 control', l2tp2(1, 0, data(20), { control: true })],
    ['L2TPv2 with LCP', l2tp2(1, 1, ppp(data(20)))],
    [
      'L2TPv2 whose offset leads out',
      (() => {
        const piece = l2tp2(1, 1, ppp(inner), { offset: 2 });
        piece.octets.set([0xff, 0xff], 8 + 6);
        return piece;
      })(),
    ],
    ['L2TPv3 control', l2tp3(0, frame)],
    ['L2TPv3 with no Ethernet', l2tp3(1, data(60))],
    ['Teredo bubble that is too short', teredo({ octets: zeros(39) })],
    [
      'TZSP keep-alive',
      (() => {
        const piece = tzsp(frame);
        piece.octets[9] = 4;
        return piece;
      })(),
    ],
    ['TZSP whose tags do not end', tzsp(frame, 1, zeros(70))],
    ['TZSP of another protocol', tzsp(frame, 2)],
    ['TZSP with an encrypted frame', tzsp(ieee80211(snap(inner), { flags: 0x40 }), 18)],
    ['MPLS in IP with a label stack that does not end', { octets: zeros(80), protocol: 137 }],
  ];

  it.each(cases)('%s', (_, piece) => {
    const whole = carried(piece);
    const closed = decodeFrame(whole, { decap: [] }) as Decoded;
    expect(closed).toMatchObject(OUTSIDE);
    expect(decodeFrame(whole)).toEqual(closed);
  });

  it('and counted, once', () => {
    const pieces = [carried(gre({ protocol: 0x0800 }, bad)), carried(gre({}, inner)), carried(vxlan(1, frame, 0))];
    const { counters, decoded } = decodeBatch(batchOf(pieces));
    expect([decoded.count, counters.undecodedTunnels, counters.received]).toEqual([3, 1, 3]);
  });
});

describe('a tunnel', () => {
  it('ends with its IP packet: padding is none of it', () => {
    // The zeros that fill the frame look like a label stack or a GRE header.
    for (const piece of [
      gre({ protocol: 0x0800 }, data(0)),
      { octets: bytes(), protocol: 137 },
      udp({ dport: 6635 }),
    ]) {
      const row = decodeFrame({ octets: minimum(carried(piece), 200) });
      expect(row).toMatchObject({ ...OUTSIDE, end: 200 });
    }
  });

  it('limits what lies within: the inner packet may claim more than is there', () => {
    const piece = ethernet(ipv4({ length: 20 + 20 + 10 }, ipv4({ src: '172.16.0.1' }, tcp(ports, data(30)))));
    expect(decodeFrame(piece)).toMatchObject({ src: '172.16.0.1', ...ports, octets: 70, tcpFlags: null, end: 14 + 50 });
  });

  it('gives its length to an inner packet without one', () => {
    const offloaded = ethernet(ipv4({ length: 0, src: '172.16.0.1' }, tcp(ports, data(100))));
    const octets = join(carried(vxlan(1, offloaded)).octets, zeros(50));
    expect(decodeFrame({ octets })).toMatchObject({ src: '172.16.0.1', octets: 140, payload: 100 });
  });

  it('may itself have been left without a length', () => {
    const piece = ethernet(ipv4({ length: 0 }, vxlan(1, ethernet(ipv6({ length: 0 }, tcp(ports, data(70_000)))))));
    expect(decodeFrame(piece)).toMatchObject({ ...ports, version: 6, octets: 40 + 20 + 70_000, payload: 70_000 });
  });

  it('is opened in its first fragment, and is what the later ones belong to', () => {
    const first = ethernet(ipv4({ src: '192.0.2.1', fragment: 0x2000 }, gre({}, inner)));
    expect(decodeFrame(first)).toMatchObject({ ...INSIDE, tunnels: ['gre:0'], fragment: null });
    const later = ethernet(ipv4({ src: '192.0.2.1', fragment: 5, protocol: 47 }, data(40)));
    expect(decodeFrame(later)).toMatchObject({ src: '192.0.2.1', protocol: 47, tunnels: [], fragment: 'later' });
  });

  it('may carry a fragment', () => {
    const piece = carried(gre({}, ipv4({ fragment: 0x2000, identification: 99 }, udp(ports))));
    expect(decodeFrame(piece)).toMatchObject({ ...ports, tunnels: ['gre:0'], fragment: 'first', identification: 99 });
  });

  it('that is not opened leaves the transport header of its own packet in place', () => {
    for (const piece of [gre({ key: 1 }, inner), erspan2(1, frame), nvgre(0x1234, frame)]) {
      const expected = { protocol: 47, transportOffset: 34, payload: piece.octets.length };
      expect(decodeFrame(carried(piece), { decap: ['vxlan'] })).toMatchObject(expected);
    }
  });
});

describe('headers of tunnels', () => {
  it.each([
    [8, ['gtp:42']],
    [9, []],
  ])('GTP-U with %i extension headers', (count, tunnels) => {
    const extensions = Array.from({ length: count }, () => ({ type: 0x85, content: bytes(0, 0) }));
    expect(decodeFrame(carried(gtpU(42, inner, { extensions })))).toMatchObject({ tunnels });
  });

  it.each([
    [7, ['gre:0']],
    [8, []],
  ])('GRE with %i source routes', (count, tunnels) => {
    expect(decodeFrame(carried(gre({ routes: new Array<number>(count).fill(4) }, inner)))).toMatchObject({ tunnels });
  });

  it('GRE with the recursion bits set', () => {
    const piece = gre({ key: 5 }, inner);
    piece.octets[0] |= 0x07;
    expect(decodeFrame(carried(piece))).toMatchObject({ ...INSIDE, tunnels: ['gre:5'] });
  });

  it('VXLAN names the next protocol by its own flag alone', () => {
    const piece = vxlan(42, frame, 0xfb);
    piece.octets[8 + 3] = 1;
    expect(decodeFrame(carried(piece))).toMatchObject({ ...INSIDE, tunnels: ['vxlan:42'] });
  });

  it('ERSPAN leaves what surrounds the session id out of it', () => {
    const second = erspan2(0xffff, frame);
    expect(decodeFrame(carried(second))).toMatchObject({ ...INSIDE, tunnels: ['erspan:1023'] });
    expect(decodeFrame(carried(erspan3(0xfc01, frame)))).toMatchObject({ ...INSIDE, tunnels: ['erspan:1'] });
  });

  it('L2TPv3 with a cookie and a sublayer, and no further', () => {
    expect(decodeFrame(carried(l2tp3(1, frame, 12)))).toMatchObject({ ...INSIDE, tunnels: ['l2tp:1'] });
    expect(decodeFrame(carried(l2tp3(1, frame, 16)))).toMatchObject({ tunnels: [] });
  });

  it('the kind of the destination port goes before that of the source port', () => {
    const both = udp({ sport: 2152, dport: 4789 }, { octets: vxlan(42, frame).octets.subarray(8) });
    expect(decodeFrame(carried(both))).toMatchObject({ ...INSIDE, tunnels: ['vxlan:42'] });
  });
});
