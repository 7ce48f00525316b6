import { PacketBatch } from '../../src/capture/packet-batch.js';
import { BatchDecoder } from '../../src/decode/decode-batch.js';
import type { DecodeCounters } from '../../src/decode/decode-counters.js';
import { createDecodeSettings, type DecodeOptions } from '../../src/decode/decode-settings.js';
import { DecodedBatch, Fact, LengthTtl, Size, TunnelWord } from '../../src/decode/decoded-batch.js';
import { createHashSeed } from '../../src/decode/flow-key.js';
import { IGNORED_NAMES } from '../../src/decode/ignored.js';
import { TUNNEL_NAMES, TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import { addressText, zeros } from './octets.js';
import type { Piece } from './packets.js';

export const LINKTYPE_ETHERNET = 1;

/** A frame as a capture holds it. */
export interface Frame {
  readonly octets: Uint8Array;
  /** Ethernet when absent. */
  readonly link?: number;
  /** Octets on the wire; as captured when absent. */
  readonly wire?: number;
}

/** A row of the decoded batch in words. Offsets count from the start of the frame. */
export interface Decoded {
  readonly src: string;
  readonly dst: string;
  readonly sport: number;
  readonly dport: number;
  readonly protocol: number;
  readonly version: number;
  /** VLAN ids in the key, innermost first, down to the outermost that is not 0. */
  readonly vlans: readonly number[];
  readonly tagged: boolean;
  /** Priorities: outermost, innermost. */
  readonly priorities: readonly number[];
  readonly octets: number;
  readonly ttl: number;
  readonly tos: number;
  /** `null` when octet 13 of the header is not there. */
  readonly tcpFlags: number | null;
  readonly sequencePresent: boolean;
  readonly portsPresent: boolean;
  readonly icmp: boolean;
  readonly fragment: 'first' | 'later' | null;
  readonly identification: number | null;
  /** Decapsulated layers, outermost first, as name:id. */
  readonly tunnels: readonly string[];
  /** Outermost addresses when there are tunnels. */
  readonly outer: readonly string[];
  readonly labels: readonly number[];
  /** Of the innermost Ethernet header. */
  readonly ethernetOffset: number | null;
  readonly transportOffset: number;
  readonly end: number;
  readonly payload: number;
}

export interface Ignored {
  readonly ignored: string;
  /** For what is not IP. */
  readonly etherType?: number;
}

export const ALL_TUNNELS = Object.keys(TUNNELS);
export const SEED = createHashSeed(7);

/** Settings that repeat, all tunnels open; the general walk alone when `commonShape` is false. */
export function settingsOf(options: DecodeOptions = {}): ReturnType<typeof createDecodeSettings> {
  return createDecodeSettings({ seed: SEED, decap: ALL_TUNNELS, ...options });
}

/** Puts frames into one batch, `gap` octets of `filler` before and after each. */
export function batchOf(frames: readonly Frame[], { gap = 0, filler = 0 } = {}): PacketBatch {
  const batch = new PacketBatch(frames.length);
  const octets = zeros(frames.reduce((sum, frame) => sum + frame.octets.length + gap, gap)).fill(filler);
  let at = gap;
  frames.forEach((frame, i) => {
    octets.set(frame.octets, at);
    batch.offset[i] = at;
    batch.captured[i] = frame.octets.length;
    batch.wire[i] = frame.wire ?? frame.octets.length;
    batch.timeUs[i] = 1e15 + i;
    batch.link[i] = frame.link ?? LINKTYPE_ETHERNET;
    at += frame.octets.length + gap;
  });
  batch.attach(octets);
  batch.count = frames.length;
  return batch;
}

export interface DecodedFrames {
  readonly batch: PacketBatch;
  readonly decoded: DecodedBatch;
  readonly counters: DecodeCounters;
}

export function decodeBatch(batch: PacketBatch, options: DecodeOptions = {}): DecodedFrames {
  const decoder = new BatchDecoder(settingsOf(options));
  const decoded = new DecodedBatch(batch.capacity);
  decoder.decode(batch, 0, batch.count, decoded);
  return { batch, decoded, counters: decoder.counters };
}

/** Decoders are large, and tests decode single frames by the ten thousand. */
const decoders = new Map<string, BatchDecoder>();
const decoded = new DecodedBatch(1);

/** Decodes one frame; a `Piece` is an Ethernet frame. */
export function decodeFrame(frame: Frame | Piece, options: DecodeOptions = {}, filler = 0xa5): Decoded | Ignored {
  const name = JSON.stringify(options);
  const decoder = decoders.get(name) ?? new BatchDecoder(settingsOf(options));
  decoders.set(name, decoder);
  const batch = batchOf([frame], { gap: 64, filler });
  decoder.decode(batch, 0, 1, decoded);
  if (decoded.count === 1) return rowOf(decoded, 0, batch.offset[0]);
  const { ignored, notIpByEtherType } = decoder.counters;
  const reason = IGNORED_NAMES[ignored.indexOf(1)];
  ignored.fill(0);
  if (reason !== 'notIp') return { ignored: reason };
  const etherType = notIpByEtherType.indexOf(1);
  notIpByEtherType[etherType] = 0;
  return { ignored: reason, etherType };
}

/** Row `n`, with offsets from `start` on. */
export function rowOf(decoded: DecodedBatch, n: number, start: number): Decoded {
  const facts = decoded.facts[n];
  const has = (fact: number): boolean => (facts & fact) !== 0;
  const key = decoded.key.subarray(n << Size.KeyShift);
  const version = (key[9] >>> 8) & 0xff;
  const words = decoded.tunnel.subarray(n * Size.TunnelWords);
  const labels = decoded.mpls.subarray(n * Size.MplsWords);
  const service = decoded.service[n];
  return {
    src: wordsAddress(key, 0, version),
    dst: wordsAddress(key, 4, version),
    sport: key[8] >>> 16,
    dport: key[8] & 0xffff,
    protocol: key[9] & 0xff,
    version,
    vlans: vlansOf(key[10], has(Fact.MoreTags) ? words[TunnelWord.MoreTags] : 0),
    tagged: has(Fact.Vlan),
    priorities: [(service >>> 16) & 7, (service >>> 20) & 7],
    octets: decoded.lengthTtl[n] & LengthTtl.LengthMask,
    ttl: decoded.lengthTtl[n] >>> LengthTtl.TtlShift,
    tos: service & 0xff,
    tcpFlags: has(Fact.TcpFlagsPresent) ? facts & Fact.TcpFlagsMask : null,
    sequencePresent: has(Fact.TcpSequencePresent),
    portsPresent: has(Fact.PortsPresent),
    icmp: has(Fact.Icmp),
    fragment: has(Fact.FragmentFirst) ? 'first' : has(Fact.FragmentLater) ? 'later' : null,
    identification: has(Fact.FragmentFirst | Fact.FragmentLater) ? decoded.identification[n] >>> 0 : null,
    tunnels: has(Fact.Tunnel) ? layersOf(words) : [],
    outer: has(Fact.Tunnel)
      ? [TunnelWord.Source, TunnelWord.Destination].map((at) => wordsAddress(words, at, words[TunnelWord.Version]))
      : [],
    labels: has(Fact.Mpls) ? Array.from(labels.subarray(1, 1 + labels[0]), (label) => label >>> 4) : [],
    ethernetOffset: has(Fact.Ethernet) ? decoded.linkOffset[n] - start : null,
    transportOffset: decoded.transportOffset[n] - start,
    end: decoded.end[n] - start,
    payload: decoded.payloadLength[n],
  };
}

/** All that a row says, to compare two ways of decoding: the words that the contract leaves undefined are left out. */
export function wholeRow(decoded: DecodedBatch, n: number, start: number): object {
  return {
    ...rowOf(decoded, n, start),
    hash: decoded.hash[n],
    row: decoded.row[n],
    scope: decoded.key[(n << Size.KeyShift) | 11],
  };
}

function layersOf(words: Int32Array): string[] {
  const layers: string[] = [];
  for (let kinds = words[TunnelWord.Kinds]; kinds !== 0; kinds >>>= 8) {
    const id = words[TunnelWord.Ids + layers.length] >>> 0;
    layers.push(`${TUNNEL_NAMES[kinds & 0xff]}:${id}`);
  }
  return layers;
}

function vlansOf(word: number, more: number): number[] {
  const ids = [word & 0xfff, word >>> 12, more & 0xfff, more >>> 12];
  while (ids.at(-1) === 0) ids.pop();
  return ids;
}

function wordsAddress(words: Int32Array, at: number, version: number): string {
  const octets = zeros(version === 4 ? 4 : 16);
  const view = new DataView(octets.buffer);
  for (let i = 0; i < octets.length; i += 4) view.setInt32(i, words[at + i / 4]);
  return addressText(octets);
}
