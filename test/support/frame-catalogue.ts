import type { Frame } from './decode.js';
import * as link from './link-frames.js';
import { bytes, join, u16, u32, u32le, zeros } from './octets.js';
import { data, extension, ipv4, ipv6, type Piece, tcp } from './packets.js';
import * as tunnel from './tunnels.js';

/**
 * One good frame for each way in which weir can come upon an IP packet. All carry the same TCP packet within, so that a
 * test can say of each what it is to become.
 */
export interface CataloguedFrame extends Frame {
  readonly name: string;
  /** Octets of the innermost IP header with its extension headers. */
  readonly ipOctets: number;
  readonly version: 4 | 6;
  /** Decapsulated layers, outermost first. */
  readonly tunnels: readonly string[];
  readonly vlans: readonly number[];
  readonly labels: readonly number[];
  /** tshark does not know the link type. */
  readonly unwitnessed?: boolean;
}

export const INNER = { sport: 40_000, dport: 443, sequence: 0x01020304, flags: 0x18 };
export const INNER_4 = { src: '172.16.0.1', dst: '172.16.0.2', ttl: 61, tos: 0x28 };
export const INNER_6 = { src: 'fd00:16::1', dst: 'fd00:16::2', hopLimit: 61, trafficClass: 0x28 };
export const INNER_PAYLOAD_OCTETS = 24;

const segment = tcp(INNER, data(INNER_PAYLOAD_OCTETS));
const v4 = ipv4(INNER_4, segment);
const v6 = ipv6(INNER_6, segment);
const frame4 = link.ethernet(v4);
const frame6 = link.ethernet(v6);
const { carried } = tunnel;

interface Extra {
  readonly linkType?: number;
  readonly ipOctets?: number;
  readonly version?: 4 | 6;
  readonly tunnels?: readonly string[];
  readonly vlans?: readonly number[];
  readonly labels?: readonly number[];
  readonly unwitnessed?: boolean;
}

function entry(name: string, piece: Piece, extra: Extra = {}): CataloguedFrame {
  const { linkType = 1, version = 4, tunnels = [], vlans = [], labels = [], ...rest } = extra;
  const ipOctets = extra.ipOctets ?? (version === 4 ? 20 : 40);
  return { name, octets: piece.octets, link: linkType, version, tunnels, vlans, labels, ...rest, ipOctets };
}

const network: readonly CataloguedFrame[] = [
  entry('IPv4', frame4),
  entry('IPv4 with options', link.ethernet(ipv4({ ...INNER_4, options: bytes(1, 1, 1, 1, 1, 1, 1, 0) }, segment)), {
    ipOctets: 28,
  }),
  entry('IPv6', frame6, { version: 6 }),
  entry(
    'IPv6 with hop-by-hop, routing and destination options',
    link.ethernet(ipv6(INNER_6, extension(0, extension(43, extension(60, segment), 1)))),
    { version: 6, ipOctets: 40 + 8 + 16 + 8 },
  ),
];

const tags: readonly CataloguedFrame[] = [
  entry('802.1Q', link.ethernet(link.vlan(10, v4)), { vlans: [10] }),
  entry('802.1Q, IPv6', link.ethernet(link.vlan(10, v6)), { vlans: [10], version: 6 }),
  entry('802.1ad', link.ethernet(link.vlan(200, link.vlan(10, v4), { tpid: 0x88a8 })), { vlans: [10, 200] }),
  entry('TPID 0x9100', link.ethernet(link.vlan(10, v4, { tpid: 0x9100 })), { vlans: [10] }),
  entry('TPID 0x9200', link.ethernet(link.vlan(10, v4, { tpid: 0x9200 })), { vlans: [10], unwitnessed: true }),
  entry('four tags', link.ethernet(link.vlan(4, link.vlan(3, link.vlan(2, link.vlan(1, v4))))), {
    vlans: [1, 2, 3, 4],
  }),
  entry('SNAP', link.ieee8023(link.snap(v4))),
  entry('SNAP of IEEE 802.1H', link.ieee8023(link.snap(v4, 0xf8))),
  entry('LLC of IPv4', link.ieee8023(link.llcIp(v4))),
  entry('jumbo LLC', link.ethernet(link.snap(v4), 0x8870)),
  entry('VN-tag', link.ethernet(link.vnTag(v4))),
  entry('VN-tag between VLAN tags', link.ethernet(link.vlan(250, link.vnTag(link.vlan(10, v4)))), { vlans: [10, 250] }),
  entry('E-tag', link.ethernet(link.eTag(v4))),
  entry('HSR', link.ethernet(link.hsr(v4))),
  entry('Cisco metadata', link.ethernet(link.securityGroupTag(v4))),
  entry('FabricPath', link.ethernet(link.fabricPath(frame4))),
  entry('TRILL', link.ethernet(link.trill(frame4))),
  entry('TRILL with options', link.ethernet(link.trill(frame4, 2))),
  entry('802.1ah', link.ethernet(link.backboneService(frame4))),
  entry('service header with IPv4', link.ethernet(link.serviceHeader(1, v4))),
  entry('service header with Ethernet', link.ethernet(link.serviceHeader(3, frame6)), { version: 6 }),
  entry('MPLS, one label', link.ethernet(link.mpls([16], v4)), { labels: [16] }),
  entry('MPLS, IPv6', link.ethernet(link.mpls([1000, 2000], v6)), { labels: [1000, 2000], version: 6 }),
  entry('MPLS pseudowire', link.ethernet(link.mpls([1000], frame4)), { labels: [1000], unwitnessed: true }),
  entry('MPLS pseudowire with control word', link.ethernet(link.mpls([1000], link.controlWord(frame4))), {
    labels: [1000],
    unwitnessed: true,
  }),
  entry('PPPoE', link.ethernet(link.pppoe(link.ppp(v4)))),
  entry('PPPoE, one octet of protocol', link.ethernet(link.pppoe(link.ppp(v6, { compressed: true }))), { version: 6 }),
];

const llcFrame = link.snap(v4);
const wlan = link.ieee80211(llcFrame);
const linkTypes: readonly CataloguedFrame[] = [
  entry('NULL, host order', link.nullLoopback(2, v4), { linkType: 0 }),
  entry('NULL, network order', link.nullLoopback(2, v4, false), { linkType: 0 }),
  ...[10, 24, 28, 30].map((family) =>
    entry(`NULL, family ${family}`, link.nullLoopback(family, v6), {
      linkType: 0,
      version: 6,
      unwitnessed: family === 10,
    }),
  ),
  entry('LOOP', link.nullLoopback(24, v6, false), { linkType: 108, version: 6 }),
  entry('NULL with PPP', link.ppp(v4, { addressAndControl: true }), { linkType: 0 }),
  ...[12, 14, 101, 228].map((linkType) => entry(`raw ${linkType}`, v4, { linkType, unwitnessed: linkType === 14 })),
  ...[12, 14, 101, 229].map((linkType) =>
    entry(`raw ${linkType}, IPv6`, v6, { linkType, version: 6, unwitnessed: linkType === 14 }),
  ),
  entry('PPP', link.ppp(v4), { linkType: 9 }),
  entry('PPP with address and control', link.ppp(v6, { addressAndControl: true }), { linkType: 9, version: 6 }),
  entry('PPP, one octet of protocol', link.ppp(v4, { compressed: true }), { linkType: 9 }),
  entry('PPP with MPLS', link.ppp(link.mpls([16], v4)), { linkType: 9, labels: [16] }),
  entry('PPP in HDLC', link.ppp(v4, { addressAndControl: true }), { linkType: 50 }),
  entry('Cisco HDLC as PPP in HDLC', link.cHdlc(v4), { linkType: 50 }),
  entry('PPPoE without Ethernet', link.pppoe(link.ppp(v4)), { linkType: 51 }),
  entry('Cisco HDLC', link.cHdlc(v4), { linkType: 104 }),
  entry('Cisco HDLC, multicast', link.cHdlc(v6, 0x8f), { linkType: 104, version: 6 }),
  entry('PPP as Cisco HDLC', link.ppp(v4, { addressAndControl: true }), { linkType: 104, unwitnessed: true }),
  entry('PPP with direction', { octets: join(bytes(1), link.ppp(v4).octets) }, { linkType: 204 }),
  entry(
    'Cisco HDLC with direction',
    { octets: join(bytes(1), link.cHdlc(v4).octets) },
    { linkType: 205, unwitnessed: true },
  ),
  entry('cooked', link.linuxSll(v4), { linkType: 113 }),
  entry('cooked, VLAN', link.linuxSll(link.vlan(10, v4)), { linkType: 113, vlans: [10] }),
  entry('cooked, LLC', link.linuxSll(llcFrame, 4), { linkType: 113 }),
  entry('cooked, radiotap', link.linuxSll(link.radiotap(wlan), 0, 803), { linkType: 113 }),
  entry('cooked 2', link.linuxSll2(v6), { linkType: 276, version: 6 }),
  entry('cooked 2, LLC', link.linuxSll2(llcFrame, 4), { linkType: 276 }),
  entry('cooked 2, radiotap', link.linuxSll2(link.radiotap(wlan), 0, 803), { linkType: 276, unwitnessed: true }),
  entry('802.11', wlan, { linkType: 105 }),
  entry('802.11, four addresses', link.ieee80211(llcFrame, { flags: 3 }), { linkType: 105 }),
  entry('802.11, QoS', link.ieee80211(llcFrame, { subtype: 8, flags: 1 }), { linkType: 105 }),
  entry('802.11, QoS and HT control', link.ieee80211(llcFrame, { subtype: 8, flags: 0x81 }), { linkType: 105 }),
  entry('radiotap', link.radiotap(wlan), { linkType: 127 }),
  entry(
    'radiotap: timer, flags, FCS, padded header, second word',
    {
      octets: join(
        link.radiotap(
          link.ieee80211(llcFrame, { subtype: 8, pad: true }),
          [3 | (0x80000000 | 0), 0],
          join(zeros(4), zeros(8), bytes(0x30)),
        ).octets,
        zeros(4),
      ),
    },
    { linkType: 127 },
  ),
  entry('Prism', { octets: join(u32(0x44, 144), zeros(136), wlan.octets) }, { linkType: 119 }),
  entry('AVS', { octets: join(u32(0x80211001, 64), zeros(56), wlan.octets) }, { linkType: 163 }),
  entry('PPI, Ethernet', { octets: join(bytes(0, 0, 8, 0), u32le(1), frame4.octets) }, { linkType: 192 }),
  entry(
    'PPI, 802.11',
    { octets: join(bytes(0, 0, 12, 0), u32le(105), zeros(4), wlan.octets) },
    { linkType: 192, unwitnessed: true },
  ),
  entry('PKTAP', { octets: join(u32le(108, 1, 1), zeros(96), frame4.octets) }, { linkType: 258 }),
  entry('PKTAP, raw', { octets: join(u32le(108, 1, 12), zeros(96), v6.octets) }, { linkType: 258, version: 6 }),
  entry(
    'NFLOG',
    link.nflog([
      { type: 1, value: u32(0x08000100) },
      { type: 10, value: bytes(0) },
      { type: 9, value: v4.octets },
    ]),
    { linkType: 239 },
  ),
  entry(
    'NFLOG, big endian, nested attribute',
    link.nflog(
      [
        { type: 0x8012, value: zeros(6) },
        { type: 9, value: v6.octets },
      ],
      false,
    ),
    { linkType: 239, version: 6, unwitnessed: true },
  ),
  entry(
    'NFLOG, nested attribute',
    link.nflog([
      { type: 0x8012, value: zeros(6) },
      { type: 9, value: v4.octets },
    ]),
    { linkType: 239 },
  ),
  entry('PFLOG, 61 octets', { octets: join(bytes(61, 2), zeros(62), v4.octets) }, { linkType: 117 }),
  entry('PFLOG, 100 octets', { octets: join(bytes(100, 24), zeros(98), v6.octets) }, { linkType: 117, version: 6 }),
  entry('ENC', { octets: join(u32le(2, 0x1234, 0), v4.octets) }, { linkType: 109 }),
  entry('ENC, network order', { octets: join(u32(24, 0x1234, 0), v6.octets) }, { linkType: 109, version: 6 }),
  entry('SLIP', { octets: join(bytes(1, 0x45), zeros(14), v4.octets) }, { linkType: 8, unwitnessed: true }),
  entry('frame relay, Cisco', link.frameRelay(v6), { linkType: 107, version: 6 }),
  entry('frame relay, IPv4', link.frameRelay(v4, 0xcc), { linkType: 107 }),
  entry('frame relay, IPv6', link.frameRelay(v6, 0x8e), { linkType: 107, version: 6 }),
  entry(
    'frame relay, SNAP',
    { octets: join(bytes(0x18, 0x41, 3, 0, 0x80, 0, 0, 0), u16(0x0800), v4.octets) },
    { linkType: 107 },
  ),
  entry('ATM, LLC', llcFrame, { linkType: 100 }),
  entry('ATM, one protocol', v4, { linkType: 106 }),
  entry('FDDI', { octets: join(bytes(0x57), zeros(12), llcFrame.octets) }, { linkType: 10 }),
  entry('token ring', { octets: join(bytes(0x10, 0x40), zeros(12), llcFrame.octets) }, { linkType: 6 }),
  entry(
    'token ring, source-routed',
    { octets: join(bytes(0x10, 0x40), zeros(6), bytes(0x80), zeros(5), bytes(6, 0), zeros(4), llcFrame.octets) },
    { linkType: 6 },
  ),
  entry('IP over IEEE 1394', { octets: join(zeros(16), u16(0x0800), v4.octets) }, { linkType: 138 }),
  entry('IP over Infiniband', { octets: join(zeros(40), u16(0x0800, 0), v4.octets) }, { linkType: 242 }),
  entry('Juniper Ethernet', { octets: join(u32(0x4d474300), frame4.octets) }, { linkType: 178 }),
  entry(
    'Juniper Ethernet, extended',
    { octets: join(u32(0x4d474380), u16(3), zeros(3), frame4.octets) },
    { linkType: 178 },
  ),
  entry('MPLS without Ethernet', link.mpls([16], v4), { linkType: 219, labels: [16], unwitnessed: true }),
  entry(
    'DSA, untagged',
    { octets: join(frame4.octets.subarray(0, 12), u32(0xc0100539), frame4.octets.subarray(12)) },
    { linkType: 284, unwitnessed: true },
  ),
  entry(
    'DSA, tagged',
    { octets: join(frame4.octets.subarray(0, 12), u32(0xe010600a), frame4.octets.subarray(12)) },
    { linkType: 284, vlans: [10], unwitnessed: true },
  ),
  entry(
    'EDSA, tagged',
    { octets: join(frame4.octets.subarray(0, 12), u32(0xdada0000, 0xe010600a), frame4.octets.subarray(12)) },
    { linkType: 285, vlans: [10], unwitnessed: true },
  ),
  entry(
    'Broadcom tag',
    { octets: join(frame4.octets.subarray(0, 12), u32(0x20000001), frame4.octets.subarray(12)) },
    { linkType: 281, unwitnessed: true },
  ),
  entry(
    'Broadcom tag before the frame',
    { octets: join(u32(0x20000001), frame4.octets) },
    { linkType: 282, unwitnessed: true },
  ),
];

const tunnels: readonly CataloguedFrame[] = [
  entry('IPv4 in IPv4', carried(v4), { tunnels: ['ipip:0'] }),
  entry('IPv6 in IPv4', carried(v6), { tunnels: ['6in4:0'], version: 6 }),
  entry('IPv4 in IPv6', link.ethernet(ipv6({}, v4)), { tunnels: ['4in6:0'] }),
  entry('IPv6 in IPv6', link.ethernet(ipv6({}, extension(60, v6))), { tunnels: ['6in6:0'], version: 6 }),
  entry('GRE', carried(tunnel.gre({}, v4)), { tunnels: ['gre:0'] }),
  entry('GRE with checksum, key and sequence', carried(tunnel.gre({ checksum: true, key: 42, sequence: 7 }, v6)), {
    tunnels: ['gre:42'],
    version: 6,
  }),
  entry('GRE with routes', carried(tunnel.gre({ routes: [4, 8], key: 0xfffffffe }, v4)), {
    tunnels: ['gre:4294967294'],
    unwitnessed: true,
  }),
  entry('GRE with Ethernet and VLAN', carried(tunnel.gre({}, link.ethernet(link.vlan(10, v4)))), {
    tunnels: ['gre:0'],
    vlans: [10],
  }),
  entry('GRE with MPLS', carried(tunnel.gre({}, link.mpls([16], v4))), { tunnels: ['gre:0'], labels: [16] }),
  entry('GRE with PPP', carried(tunnel.gre({}, link.ppp(v4, { addressAndControl: true }))), { tunnels: ['gre:0'] }),
  entry('GRE with WCCP 2', carried(tunnel.gre({ protocol: 0x883e }, { octets: join(zeros(4), v4.octets) })), {
    tunnels: ['gre:0'],
  }),
  entry('GRE with WCCP 1', carried(tunnel.gre({ protocol: 0x883e }, v4)), { tunnels: ['gre:0'] }),
  entry(
    'GRE with Cisco metadata',
    carried(tunnel.gre({ protocol: 0x8909 }, { octets: join(u16(0x0800, 0x0101, 1, 2), v4.octets) })),
    { tunnels: ['gre:0'] },
  ),
  entry('GRE with 802.11', carried(tunnel.gre({ protocol: 0x8210 }, wlan)), { tunnels: ['gre:0'] }),
  entry('PPTP', carried(tunnel.pptpGre(9, link.ppp(v4), { sequence: 1, acknowledgement: 1 })), { tunnels: ['gre:9'] }),
  entry('NVGRE', carried(tunnel.nvgre(0x1234, frame4)), { tunnels: ['nvgre:4660'] }),
  entry('ERSPAN I', carried(tunnel.erspan1(frame4)), { tunnels: ['erspan:0'] }),
  entry('ERSPAN II', carried(tunnel.erspan2(42, frame4)), { tunnels: ['erspan:42'] }),
  entry('ERSPAN III', carried(tunnel.erspan3(42, frame6)), { tunnels: ['erspan:42'], version: 6 }),
  entry('ERSPAN III with subheader', carried(tunnel.erspan3(42, frame4, 0, true)), { tunnels: ['erspan:42'] }),
  entry('ERSPAN III with IP', carried(tunnel.erspan3(42, v4, 2)), { tunnels: ['erspan:42'], unwitnessed: true }),
  entry('VXLAN', carried(tunnel.vxlan(42, frame4)), { tunnels: ['vxlan:42'] }),
  entry('VXLAN, reserved bits set', carried(tunnel.vxlan(0xffffff, frame4, 0xff)), { tunnels: ['vxlan:16777215'] }),
  entry('VXLAN-GPE with IPv4', carried(tunnel.vxlanGpe(42, 1, v4)), { tunnels: ['vxlan:42'] }),
  entry('VXLAN-GPE with IPv6', carried(tunnel.vxlanGpe(42, 2, v6)), { tunnels: ['vxlan:42'], version: 6 }),
  entry('VXLAN-GPE with Ethernet', carried(tunnel.vxlanGpe(42, 3, frame4)), { tunnels: ['vxlan:42'] }),
  entry('VXLAN-GPE with service header', carried(tunnel.vxlanGpe(42, 4, link.serviceHeader(1, v4))), {
    tunnels: ['vxlan:42'],
  }),
  entry('VXLAN-GPE with MPLS', carried(tunnel.vxlanGpe(42, 5, link.mpls([16], v4))), {
    tunnels: ['vxlan:42'],
    labels: [16],
  }),
  entry('GENEVE with Ethernet', carried(tunnel.geneve(42, frame4)), { tunnels: ['geneve:42'] }),
  entry('GENEVE with options and IPv6', carried(tunnel.geneve(42, v6, 3)), { tunnels: ['geneve:42'], version: 6 }),
  entry('GTP-U', carried(tunnel.gtpU(42, v4)), { tunnels: ['gtp:42'] }),
  entry('GTP-U with sequence number', carried(tunnel.gtpU(42, v6, { sequence: 1 })), {
    tunnels: ['gtp:42'],
    version: 6,
  }),
  entry(
    'GTP-U with extension headers',
    carried(
      tunnel.gtpU(42, v4, {
        extensions: [
          { type: 0xc0, content: u16(1) },
          { type: 0x85, content: zeros(6) },
        ],
      }),
    ),
    { tunnels: ['gtp:42'] },
  ),
  entry('L2TPv2', carried(tunnel.l2tp2(3, 4, link.ppp(v4))), { tunnels: [`l2tp:${3 * 65_536 + 4}`] }),
  entry(
    'L2TPv2 with length, sequence and offset',
    carried(tunnel.l2tp2(3, 4, link.ppp(v4, { addressAndControl: true }), { length: true, sequence: true, offset: 6 })),
    { tunnels: [`l2tp:${3 * 65_536 + 4}`] },
  ),
  entry('L2TPv3', carried(tunnel.l2tp3(42, frame4)), { tunnels: ['l2tp:42'], unwitnessed: true }),
  entry('L2TPv3 with cookie', carried(tunnel.l2tp3(42, frame4, 8)), { tunnels: ['l2tp:42'], unwitnessed: true }),
  entry('L2TPv3 over UDP', carried(tunnel.l2tp3OverUdp(42, frame4, 4)), { tunnels: ['l2tp:42'], unwitnessed: true }),
  entry('Teredo', carried(tunnel.teredo(v6)), { tunnels: ['teredo:0'], version: 6 }),
  entry('Teredo with authentication and origin', carried(tunnel.teredo(v6, { authentication: true, origin: true })), {
    tunnels: ['teredo:0'],
    version: 6,
  }),
  entry('TZSP', carried(tunnel.tzsp(frame4)), { tunnels: ['tzsp:0'] }),
  entry('TZSP with padding tags and 802.11', carried(tunnel.tzsp(wlan, 18, bytes(0, 0, 1))), { tunnels: ['tzsp:0'] }),
  entry('MPLS in UDP', carried(tunnel.mplsInUdp(link.mpls([16], v4))), { tunnels: ['mpls:0'], labels: [16] }),
  entry('MPLS in IP', carried(link.mpls([16], v6)), { tunnels: ['mpls:0'], labels: [16], version: 6 }),
  entry(
    'four tunnels',
    carried(
      tunnel.gre({}, ipv6({}, tunnel.vxlan(5, link.ethernet(link.vlan(7, ipv4({}, ipv4({}, tunnel.gtpU(8, v4)))))))),
    ),
    { tunnels: ['gre:0', 'vxlan:5', 'ipip:0', 'gtp:8'] },
  ),
];

export const catalogue: readonly CataloguedFrame[] = [...network, ...tags, ...linkTypes, ...tunnels];
