import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { concat, enhancedPacket, interfaceDescription, sectionHeader } from '../unit/capture/capture-builder.js';
import type { Frame } from './decode.js';
import { LINKTYPE_ETHERNET } from './decode.js';

/** What an independent decoder shows of a packet: for each of its layers the name and, in order, the values of its fields. */
export interface WitnessedPacket {
  /** Layers, outermost first, by tshark's names. */
  readonly layers: readonly string[];
  /** Values by field name, one for each layer that has the field. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

const FIELDS = [
  'frame.protocols',
  'ip.src',
  'ip.dst',
  'ip.proto',
  'ip.len',
  'ip.opt.type',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.plen',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.flags',
  'udp.srcport',
  'udp.dstport',
  'sctp.srcport',
  'sctp.dstport',
  'dccp.srcport',
  'dccp.dstport',
  'icmp.type',
  'icmp.code',
  'icmpv6.type',
  'icmpv6.code',
  'vlan.id',
  'mpls.label',
] as const;

/** The dissectors of the headers that weir walks, and of carriers that it does not open. What applications say is of no interest. */
const DISSECTORS = (
  'frame pkt_comment pcap_pktdata eth ethertype vlan ieee8021ad ieee8021ah etag vntag cmd hsr cfp trill nsh llc fddi tr wlan wlan_radio radiotap prism wlancap ' +
  'sll null raw ppp ppp_hdlc pppoe pppoes chdlc fr nflog pflog enc ppi pktap juniper ap1394 ipoib clip atm mpls pwethheuristic pwethnocw pwethcw ' +
  'ip ipv6 ipv6.hopopts ipv6.routing ipv6.fraghdr ipv6.dstopts tcp udp udplite sctp dccp icmp icmpv6 ' +
  'gre erspan wccp vxlan vxlan_gpe geneve gtp l2tp teredo tzsp capwap lisp-data etherip'
).split(' ');

export const tsharkVersion: string | null = (() => {
  const { stdout } = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
  return typeof stdout === 'string' ? stdout.split('\n')[0] : null;
})();

/** Has tshark decode `frames`, all in one capture. Fragments are left as they are. */
export function witness(frames: readonly Frame[]): WitnessedPacket[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-tshark-'));
  try {
    const capture = path.join(folder, 'frames.pcapng');
    fs.writeFileSync(capture, pcapngOf(frames));
    fs.writeFileSync(path.join(folder, 'disabled_protos'), otherDissectors().join('\n'));
    const { stdout, stderr, status } = spawnSync('tshark', [...options(), '-r', capture], {
      encoding: 'utf8',
      env: { ...process.env, WIRESHARK_CONFIG_DIR: folder },
      maxBuffer: 1 << 30,
    });
    if (status !== 0) throw new Error(`tshark: ${stderr}`);
    return stdout.trimEnd().split('\n').map(packetOf);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** All the others are switched off. */
function otherDissectors(): string[] {
  const { stdout } = spawnSync('tshark', ['-G', 'protocols'], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const names = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[2]);
  return names.filter((name) => !DISSECTORS.includes(name));
}

function options(): string[] {
  const fields = FIELDS.flatMap((field) => ['-e', field]);
  const settings = [
    'ip.defragment:FALSE',
    'ipv6.defragment:FALSE',
    'tcp.desegment_tcp_streams:FALSE',
    'tcp.analyze_sequence_numbers:FALSE',
  ];
  return [
    '-n',
    ...settings.flatMap((setting) => ['-o', setting]),
    ...['-T', 'fields', '-E', 'occurrence=a', '-E', 'separator=/t', '-E', 'aggregator=;', ...fields],
  ];
}

function packetOf(line: string): WitnessedPacket {
  const values = line.split('\t').map((cell) => (cell === '' ? [] : cell.split(';')));
  const fields = Object.fromEntries(FIELDS.map((field, i) => [field, values[i] ?? []]));
  return { layers: (fields['frame.protocols'][0] ?? '').split(':'), fields };
}

/** One interface for each link type. */
function pcapngOf(frames: readonly Frame[]): Uint8Array {
  const linkOf = (frame: Frame): number => frame.link ?? LINKTYPE_ETHERNET;
  const links = [...new Set(frames.map(linkOf))];
  return concat([
    sectionHeader(),
    ...links.map((linkType) => interfaceDescription({ linkType })),
    ...frames.map((frame) =>
      enhancedPacket({
        interface: links.indexOf(linkOf(frame)),
        time: 1_700_000_000_000_000n,
        data: frame.octets,
        wire: frame.wire ?? frame.octets.length,
      }),
    ),
  ]);
}
