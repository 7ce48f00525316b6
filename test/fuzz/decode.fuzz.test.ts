import { describe, expect, it } from 'vitest';

import { PacketBatch } from '../../src/capture/packet-batch.js';
import { BatchDecoder } from '../../src/decode/decode-batch.js';
import type { DecodeOptions } from '../../src/decode/decode-settings.js';
import { DecodedBatch, Fact, LengthTtl, Size, TunnelWord } from '../../src/decode/decoded-batch.js';
import { Ignored } from '../../src/decode/ignored.js';
import { bundledCaptures, framesOf } from '../support/captures.js';
import { settingsOf } from '../support/decode.js';
import { catalogue } from '../support/frame-catalogue.js';
import { hexOf } from '../support/octets.js';

/**
 * Frames of the bundled captures and one of every kind, damaged in ways that decoders stumble over, of any link type. Runs
 * for FUZZ_MS milliseconds; FUZZ_SEED repeats a run that failed.
 */
const DURATION_MS = Number(process.env['FUZZ_MS'] ?? 3_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
const BATCH = 64;
/** Octets before, between and behind the frames of a batch, which decide nothing. */
const GAP = 8;
const LONGEST = 2_048;

/** Numbers from 0 to 2^32 - 1 (mulberry32). */
class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }

  of<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }
}

type Mutation = (octets: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

/** Values that lengths, types and counts are tried with. */
const EXTREMES = [0, 1, 4, 5, 0x14, 0x28, 0x45, 0x60, 0x7f, 0x80, 0xff];
const TYPES = [
  0x0800, 0x86dd, 0x8100, 0x8847, 0x8864, 0x88a8, 0x880b, 0x6558, 0x88be, 0x22eb, 0x88e7, 0x894f, 0x8909, 0x22f3,
  0x8926,
];
const PROTOCOLS = [0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 115, 132, 135, 137];
const PORTS = [1701, 2152, 3544, 4789, 4790, 6081, 6635, 37_008];

const mutations: readonly Mutation[] = [
  (octets, random) => {
    if (octets.length > 0) octets[random.below(octets.length)] ^= 1 << random.below(8);
    return octets;
  },
  (octets, random) => {
    if (octets.length > 0) octets[random.below(octets.length)] = random.of(EXTREMES);
    return octets;
  },
  (octets, random) => write16(octets, random.below(octets.length + 1), random.of(TYPES)),
  (octets, random) => write16(octets, random.below(octets.length + 1), random.of(PORTS)),
  (octets, random) => write16(octets, random.below(octets.length + 1), random.of([0, 0xffff, octets.length, 1, 20])),
  (octets, random) => {
    if (octets.length > 0) octets[random.below(octets.length)] = random.of(PROTOCOLS);
    return octets;
  },
  (octets, random) => octets.subarray(0, random.below(octets.length + 1)),
  (octets, random) => octets.subarray(random.below(Math.min(octets.length, 16) + 1)),
  (octets, random, other) => {
    const [at, from] = [random.below(octets.length + 1), random.below(other.length + 1)];
    return concat(octets.subarray(0, at), other.subarray(from));
  },
  (octets, random) => {
    // A piece of the frame over and over: stacks of headers.
    const from = random.below(octets.length + 1);
    const piece = octets.slice(from, from + 1 + random.below(40));
    let whole: Uint8Array = octets;
    for (let n = random.below(60); n > 0 && whole.length < LONGEST; n--) {
      whole = concat(whole.subarray(0, from), piece, whole.subarray(from));
    }
    return whole;
  },
];

function write16(octets: Uint8Array, at: number, value: number): Uint8Array {
  if (at + 2 <= octets.length) octets.set([value >>> 8, value & 0xff], at);
  return octets;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

interface Seed {
  readonly octets: Uint8Array;
  readonly link: number;
}

/** Fills a batch with damaged frames; the octets between them are noise. */
function fill(batch: PacketBatch, memory: Uint8Array, seeds: readonly Seed[], random: Random): void {
  const noise = random.next();
  memory.fill(noise & 0xff);
  let at = GAP;
  for (let i = 0; i < BATCH; i++) {
    const seed = random.of(seeds);
    let octets: Uint8Array = seed.octets.slice(0, LONGEST);
    for (let n = random.below(5); n > 0; n--) octets = random.of(mutations)(octets, random, random.of(seeds).octets);
    octets = octets.subarray(0, LONGEST);
    memory.set(octets, at);
    batch.offset[i] = at;
    batch.captured[i] = octets.length;
    batch.wire[i] = random.of([octets.length, octets.length, octets.length + random.below(100_000), 0, 0xffffffff]);
    batch.link[i] = random.below(8) === 0 ? random.below(300) : seed.link;
    batch.interface[i] = i;
    batch.timeUs[i] = 1e15 + i;
    at += octets.length + GAP;
  }
  // The last frame ends where the memory ends: to read on is to fail.
  batch.attach(memory.subarray(0, at - GAP));
  batch.count = BATCH;
}

/** What must hold of every row, whatever the frame. */
function check(batch: PacketBatch, decoded: DecodedBatch, n: number): boolean {
  const packet = decoded.row[n];
  const start = batch.offset[packet];
  const end = start + batch.captured[packet];
  const facts = decoded.facts[n];
  const version = (decoded.key[(n << Size.KeyShift) | 9] >>> 8) & 0xff;
  const header = version === 4 ? 20 : 40;
  const layers = decoded.tunnel.subarray(n * Size.TunnelWords);
  return (
    (version === 4 || version === 6) &&
    (n === 0 || decoded.row[n - 1] < packet) &&
    decoded.end[n] <= end &&
    decoded.transportOffset[n] >= start + header &&
    decoded.transportOffset[n] <= end &&
    (decoded.lengthTtl[n] & LengthTtl.LengthMask) >= header &&
    decoded.payloadLength[n] >= 0 &&
    decoded.payloadLength[n] <= (decoded.lengthTtl[n] & LengthTtl.LengthMask) &&
    (!(facts & Fact.Ethernet) || (decoded.linkOffset[n] >= start && decoded.linkOffset[n] + 14 <= end)) &&
    (!(facts & Fact.TcpFlagsPresent) || decoded.transportOffset[n] + 14 <= end) &&
    (!(facts & Fact.PortsPresent) || decoded.transportOffset[n] + 2 <= end) &&
    ((facts & Fact.Tunnel) !== 0 ? layers[TunnelWord.Kinds] !== 0 : true) &&
    (!(facts & Fact.Mpls) || decoded.mpls[n * Size.MplsWords] <= Size.MplsWords - 1)
  );
}

/** Other noise around the frames: a pattern of two octets, for what reads on may look for one. */
function drown(batch: PacketBatch, random: Random): void {
  const noise = [random.of(EXTREMES), random.of(EXTREMES)];
  let at = 0;
  for (let i = 0; i < BATCH; i++) {
    for (; at < batch.offset[i]; at++) batch.octets[at] = noise[at & 1];
    at += batch.captured[i];
  }
}

/** All that the rows say, in one number; the words that the contract leaves undefined are left out. */
function digest(decoded: DecodedBatch): number {
  let h = decoded.count;
  const add = (value: number): void => {
    h = Math.imul(h ^ value, 0x01000193);
  };
  for (let n = 0; n < decoded.count; n++) {
    const k = n << Size.KeyShift;
    const facts = decoded.facts[n];
    for (let w = 0; w < Size.KeyWords; w++)
      if (decoded.key[k | 9] & 0x200 || w % 4 === 0 || w > 7) add(decoded.key[k | w]);
    for (const column of COLUMNS) add(decoded[column][n]);
    if (facts & (Fact.FragmentFirst | Fact.FragmentLater)) add(decoded.identification[n]);
    if (facts & (Fact.Tunnel | Fact.MoreTags)) {
      for (let w = 0; w < Size.TunnelWords; w++) add(decoded.tunnel[n * Size.TunnelWords + w]);
    }
    if (facts & Fact.Mpls)
      for (let w = 0; w <= decoded.mpls[n * Size.MplsWords]; w++) add(decoded.mpls[n * Size.MplsWords + w]);
  }
  return h;
}

const COLUMNS = [
  'row',
  'hash',
  'facts',
  'lengthTtl',
  'service',
  'transportOffset',
  'end',
  'payloadLength',
  'linkOffset',
] as const;

/** Decodes what `fill` made, and keeps count. */
class Subject {
  rows = 0;
  readonly decoder: BatchDecoder;
  private readonly decoded = new DecodedBatch(BATCH);

  constructor(options: DecodeOptions) {
    this.decoder = new BatchDecoder(settingsOf(options));
  }

  /** @returns the digest of the rows, or the row that must not be */
  decode(batch: PacketBatch): { digest: number; bad: number } {
    const { decoder, decoded } = this;
    decoder.decode(batch, 0, BATCH, decoded);
    this.rows += decoded.count;
    let bad = -1;
    for (let n = 0; n < decoded.count; n++) if (!check(batch, decoded, n)) bad = decoded.row[n];
    return { digest: digest(decoded), bad };
  }
}

function frameOf(batch: PacketBatch, i: number): string {
  const start = batch.offset[i];
  return `frame ${i} of link type ${batch.link[i]}: ${hexOf(batch.octets.subarray(start, start + batch.captured[i]))}`;
}

describe('decode', () => {
  it(
    'takes any octets for what they are',
    async () => {
      console.log(`FUZZ_SEED=${SEED} FUZZ_MS=${DURATION_MS}`);
      const seeds: Seed[] = catalogue.map(({ octets, link = 1 }) => ({ octets, link }));
      for (const file of bundledCaptures()) seeds.push(...(await framesOf(file, 100)));
      const random = new Random(SEED);
      const memory = new Uint8Array(BATCH * (LONGEST + GAP) + GAP);
      const batch = new PacketBatch(BATCH);
      const open = new Subject({ interfaceInKey: true });
      const walked = new Subject({ interfaceInKey: true, commonShape: false });
      const usual = new Subject({ decap: ['erspan', 'tzsp'], vlanInKey: false });
      let batches = 0;
      for (const until = Date.now() + DURATION_MS; Date.now() < until; batches++) {
        const where = `FUZZ_SEED=${SEED}, batch ${batches}`;
        fill(batch, memory, seeds, random);
        const results = [open, usual, walked].map((subject) => subject.decode(batch));
        for (const { bad } of results) if (bad >= 0) expect.fail(`${where}, ${frameOf(batch, bad)}`);
        expect(results[2].digest, `${where}: the general walk`).toBe(results[0].digest);
        drown(batch, random);
        expect(open.decode(batch).digest, `${where}: other noise`).toBe(results[0].digest);
      }
      for (const { rows, decoder } of [open, walked, usual]) {
        const { received, ignored, notIpByEtherType } = decoder.counters;
        expect(received).toBe(batches * BATCH * (decoder === open.decoder ? 2 : 1));
        expect(received).toBe(rows + sum(ignored));
        expect(sum(notIpByEtherType)).toBe(ignored[Ignored.NotIp]);
        expect(rows).toBeGreaterThan(received / 10);
      }
    },
    DURATION_MS + 30_000,
  );
});

function sum(counts: Float64Array | Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
