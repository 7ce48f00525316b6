import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundledCaptures, capturesIn, framesOf, sharedFolder } from '../support/captures.js';
import { batchOf, type Decoded, decodeBatch, decodeFrame, type Frame, rowOf } from '../support/decode.js';
import { catalogue } from '../support/frame-catalogue.js';
import { address, addressText } from '../support/octets.js';
import { tsharkVersion, witness, type WitnessedPacket } from '../support/tshark.js';

/**
 * The innermost packet that weir finds with all tunnels open, against what tshark shows of it: addresses, protocol, ports
 * (of ICMP: type and code), and the IP length.
 */

interface Named extends Frame {
  readonly name: string;
}

/** Octets of IP: by the header; `null` when the header leaves it to the frame. */
interface Innermost {
  readonly ends: string;
  readonly protocol: string | null;
  readonly ports: string;
  readonly octets: number | null;
}

const PORT_FIELDS: Readonly<Record<string, string>> = { tcp: 'tcp', udp: 'udp', sctp: 'sctp', dccp: 'dccp' };
/** Carriers that weir does not open: what lies within stays theirs. */
const NOT_OPENED = new Set(['capwap', 'lisp-data', 'etherip']);
/** IPv4 options that make tshark show the last stop of a source route as the destination. */
const SOURCE_ROUTES = ['131', '137'];

/** What tshark shows of the innermost packet; `null` for none; `undefined` when it does not show enough to compare. */
function innermost(packet: WitnessedPacket): Innermost | null | undefined {
  const seen = new Map<string, number>();
  let found = null as Innermost | null;
  for (const layer of packet.layers) {
    const index = seen.get(layer) ?? 0;
    seen.set(layer, index + 1);
    const value = (field: string): string | undefined => packet.fields[field][index];
    if (NOT_OPENED.has(layer)) break;
    if (layer === 'ip' || layer === 'ipv6') {
      const src = value(`${layer}.src`);
      const dst = value(`${layer}.dst`);
      const length = value(layer === 'ip' ? 'ip.len' : 'ipv6.plen');
      if (src === undefined || dst === undefined || length === undefined) return undefined;
      found = {
        ends: `${addressText(address(src))} ${addressText(address(dst))}`,
        protocol: layer === 'ip' ? (value('ip.proto') ?? null) : null,
        ports: '0 0',
        octets: Number(length) === 0 ? null : Number(length) + (layer === 'ip' ? 0 : 40),
      };
    } else if (found !== null && PORT_FIELDS[layer] !== undefined) {
      const [source, destination] = [value(`${layer}.srcport`), value(`${layer}.dstport`)];
      if (source === undefined || destination === undefined) return undefined;
      found = { ...found, ports: `${source} ${destination}` };
    } else if (found !== null && (layer === 'icmp' || layer === 'icmpv6')) {
      const [type, code] = [value(`${layer}.type`), value(`${layer}.code`)];
      if (type === undefined || code === undefined) return undefined;
      return { ...found, ports: `0 ${Number(type) * 256 + Number(code)}` };
    }
  }
  return found;
}

function ours(row: Decoded): Innermost {
  const { src, dst, sport, dport, protocol, octets, version } = row;
  return {
    ends: `${src} ${dst}`,
    ports: `${sport} ${dport}`,
    protocol: version === 4 ? String(protocol) : null,
    octets,
  };
}

/** Why tshark and weir may differ, and neither is wrong by its own rules. */
const EXPLANATIONS: readonly ((frame: Frame, packet: WitnessedPacket) => boolean)[] = [
  // Distributed switch architecture: tshark does not know the link type.
  ({ link }) => link === 284 || link === 285,
  // Raw IP: weir goes by the version in the packet, tshark by that in the link type.
  ({ link, octets }) => (link === 228 && octets[0] >>> 4 === 6) || (link === 229 && octets[0] >>> 4 === 4),
  // weir ignores packets whose IP header is bad or not whole, and stacks without end.
  (frame) => {
    const result = decodeFrame(frame);
    return (
      'ignored' in result && ['badIpHeader', 'truncatedExtensionHeader', 'tooManyHeaders'].includes(result.ignored)
    );
  },
  // An aggregate of 802.11 frames is not taken apart.
  (_, { layers }) => layers.includes('wlan') && layers.filter((layer) => layer === 'llc').length > 1,
  // The length of the carrier was left to segmentation offload: tshark stops there.
  (_, { fields, layers }) => fields['ip.len'].some((length) => Number(length) > 65_535) && layers.at(-1) === 'udp',
];

interface Outcome {
  readonly differences: readonly string[];
  /** Packets that were compared, those among them with an opened tunnel, and those whose difference is explained. */
  readonly compared: number;
  readonly tunnelled: number;
  readonly explained: number;
}

function compare(frames: readonly Named[]): Outcome {
  const { batch, decoded } = decodeBatch(batchOf(frames));
  const rows = new Map(Array.from(decoded.row.subarray(0, decoded.count), (packet, n) => [packet, n]));
  const differences: string[] = [];
  let [compared, tunnelled, explained] = [0, 0, 0];
  witness(frames).forEach((packet, i) => {
    const theirs = innermost(packet);
    if (theirs === undefined || packet.fields['ip.opt.type'].some((type) => SOURCE_ROUTES.includes(type))) return;
    const n = rows.get(i);
    const row = n === undefined ? null : rowOf(decoded, n, batch.offset[i]);
    compared++;
    if (row !== null && row.tunnels.length > 0) tunnelled++;
    const mine = show(row === null ? null : ours(row));
    const expected = show(theirs === null ? null : { ...theirs, octets: theirs.octets ?? row?.octets ?? null });
    if (mine === expected) return;
    if (EXPLANATIONS.some((explains) => explains(frames[i], packet))) explained++;
    else differences.push(`${frames[i].name}: ${packet.layers.join(':')}: weir ${mine}, tshark ${expected}`);
  });
  return { differences, compared, tunnelled, explained };
}

function show(packet: Innermost | null): string {
  if (packet === null) return 'no IP';
  const { ends, protocol, ports, octets } = packet;
  return [ends, protocol ?? '-', ports, octets].join(' ');
}

async function named(files: readonly string[], limit: number): Promise<Named[]> {
  const frames: Named[] = [];
  for (const file of files) {
    const each = await framesOf(file, limit);
    each.forEach((frame, i) => frames.push({ ...frame, name: `${path.basename(file)} ${i + 1}` }));
  }
  return frames;
}

if (tsharkVersion === null) console.log('skipped: comparing with tshark needs tshark');

describe.skipIf(tsharkVersion === null)('tshark finds the same innermost packet', () => {
  it('in frames of every kind', () => {
    const { differences, compared, explained } = compare(catalogue.filter(({ unwitnessed }) => unwitnessed !== true));
    expect(differences).toEqual([]);
    expect(explained).toBe(0);
    expect(compared).toBeGreaterThan(100);
  }, 60_000);

  it('in the bundled captures', async () => {
    const { differences, compared, tunnelled, explained } = compare(await named(bundledCaptures(), Infinity));
    expect(differences).toEqual([]);
    expect(explained).toBe(0);
    expect(compared).toBeGreaterThan(3_000);
    expect(tunnelled).toBeGreaterThan(300);
  }, 60_000);

  const folders = ['flows', 'dpi'].map((name) => sharedFolder(path.join(name, 'captures'))).filter((it) => it !== null);
  if (folders.length === 0) console.log('skipped: comparing real captures with tshark needs ../shared/pcaps');
  it.skipIf(folders.length === 0)(
    'in real captures',
    async () => {
      const { differences, compared, tunnelled, explained } = compare(await named(folders.flatMap(capturesIn), 300));
      expect(differences).toEqual([]);
      expect(compared).toBeGreaterThan(50_000);
      expect(tunnelled).toBeGreaterThan(1_500);
      expect(explained).toBeLessThan(30);
    },
    60_000,
  );
});
