import { describe, expect, it } from 'vitest';

import { PacketBatch } from '../../src/capture/packet-batch.js';
import { REGISTRY } from '../../src/dpi/registry.js';
import * as PARTS from '../../src/sensor/inspection-parts.js';
import { Metering } from '../../src/sensor/metering.js';
import { framesOf } from '../support/captures.js';
import { batchOf, type Frame, settingsOf } from '../support/decode.js';
import { allSamples, EVERYTHING, octetsOf, type Sample, tcpFrames, udpFrames } from '../support/inspect.js';
import { rulesOf } from '../support/label-rules.js';
import { Random } from '../support/mutated-captures.js';
import { bundled } from '../support/run-weir.js';

/**
 * The samples of each file, damaged, in a stream of flows. Runs for FUZZ_MS milliseconds, shared out among the files; FUZZ_SEED repeats a run.
 */
const DURATION_MS = Number(process.env['FUZZ_MS'] ?? 3_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000);
/** One packet shall not hold up the others, on a loaded machine with a cold engine either. */
const LONGEST_PACKET_MS = 1_000;
const CONVERSATIONS = 20;
const EXTREMES = [0, 1, 0x7f, 0x80, 0xc0, 0xff];

const LEAST_MS = 50;

/** Rules of every kind. */
const RULES = rulesOf(`
  - { name: site, hosts: [test, com, org, net, de, arpa] }
  - { name: both, hosts: [example.test], prefix: GET }
  - { name: text, expression: '(?i)([a-z]+ ?)*$', direction: server }
  - { name: place, prefix: { at: 3, hex: 00 } }
  - { name: net, networks: [10.0.0.2, '2001:db8::/32'], ports: 1-1000 }
  - { name: port, ports: 1-65535 }
`);

interface Target {
  /** File of samples: a protocol, or several. */
  readonly file: string;
  readonly conversations: readonly Sample[];
  readonly originals: readonly Awaited<ReturnType<typeof framesOf>>[];
}

const all = await allSamples();
const targets: readonly Target[] = await Promise.all(
  [...new Set(all.map(([file]) => file))].map(async (file) => {
    const samples = all.filter(([each]) => each === file).map(([, sample]) => sample);
    const captures = samples.flatMap(({ capture }) => (capture === undefined ? [] : [framesOf(bundled(capture), 40)]));
    const conversations = samples.filter(({ messages }) => messages !== undefined);
    return { file, conversations, originals: await Promise.all(captures) };
  }),
);

describe('deep packet inspection', () => {
  it.each(targets)(`bears damaged conversations of $file (FUZZ_SEED=${SEED})`, (target) => {
    const random = new Random(SEED);
    let flows = 0;
    const metering = new Metering(
      {
        decode: settingsOf({ answers: true }),
        idleTimeoutUs: 30e6,
        activeTimeoutUs: 1_800e6,
        maxFlows: 200,
        dpi: { ...EVERYTHING, memoryOctets: 1024 * 1024, labelByPort: true, rules: RULES },
      },
      (closed) => (flows += closed.count),
      PARTS,
    );
    const until = performance.now() + Math.max(LEAST_MS, DURATION_MS / targets.length);
    let longest = 0;
    let now = 1e12;
    while (performance.now() < until) {
      const frames = Array.from({ length: CONVERSATIONS }, () => damagedConversation(target, random)).flat();
      for (let at = 0; at < frames.length; at += 64) {
        const batch: PacketBatch = batchOf(frames.slice(at, at + 64));
        for (let n = 0; n < batch.count; n++) batch.timeUs[n] = now += 1_000;
        batch.latestUs = now;
        const start = performance.now();
        metering.process({ window: new Uint8Array(0), batch });
        longest = Math.max(longest, performance.now() - start);
      }
    }
    void metering.finish();
    const [{ dpi }] = metering.counts();
    expect(flows).toBeGreaterThan(0);
    expect(longest).toBeLessThan(LONGEST_PACKET_MS);
    // All that was taken has been given back but the slot that flows begin in.
    expect(dpi?.usedOctets).toBe(REGISTRY.slotOctets);
  });
});

function damagedConversation({ conversations, originals }: Target, random: Random): Frame[] {
  if (conversations.length === 0 || (originals.length > 0 && random.below(2) === 0)) {
    const frames = random.of(originals);
    const kept = frames.filter(() => random.below(8) > 0);
    return kept.map((frame) => ({ ...frame, octets: damaged(frame.octets, random, 54) }));
  }
  const sample: Sample = random.of(conversations);
  const messages = (sample.messages ?? []).map(
    ([from, octets]) => [from, damaged(octetsOf(octets), random, 0)] as const,
  );
  if (random.below(3) === 0) messages.splice(random.below(messages.length + 1), 1);
  const options = {
    clientPort: 1_024 + random.below(60_000),
    serverPort: random.of([25, 53, 80, 443, 9]),
    segment: random.of([1, 5, 100, 1_460]),
    midStream: random.below(3) === 0,
  };
  const isTcp = random.below(10) === 0 ? sample.transport !== 'tcp' : sample.transport === 'tcp';
  const frames = isTcp ? tcpFrames(messages, options).slice(0, 60) : udpFrames(messages, options);
  // Out of order, twice, or missing.
  if (random.below(3) === 0 && frames.length > 0) frames.splice(random.below(frames.length), 0, random.of(frames));
  if (random.below(3) === 0 && frames.length > 2) frames.splice(random.below(frames.length - 1), 1);
  return frames;
}

/** A copy with some octets changed, cut off, or made up, from octet `from` on. */
function damaged(original: Uint8Array, random: Random, from: number): Uint8Array {
  const octets = Uint8Array.from(original);
  const room = Math.max(1, octets.length - from);
  switch (random.below(5)) {
    case 0:
      return octets;
    case 1:
      return octets.slice(0, from + random.below(room + 1));
    case 2:
      for (let n = from; n < octets.length; n++) if (random.below(4) === 0) octets[n] = random.below(256);
      return octets;
    case 3: {
      // A random tail behind a good start.
      for (let n = from + random.below(room); n < octets.length; n++) octets[n] = random.below(256);
      return octets;
    }
    default:
      for (let n = 1 + random.below(6); n > 0 && octets.length > from; n--) {
        octets[from + random.below(room)] = random.below(2) === 0 ? random.of(EXTREMES) : random.below(256);
      }
      return octets;
  }
}
