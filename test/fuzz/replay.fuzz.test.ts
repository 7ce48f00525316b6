import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import { replayInProcess } from '../support/canonical.js';
import { mutatedCapture } from '../support/mutated-captures.js';

/**
 * Whole capture files, damaged, through the whole program: nothing throws or hangs, the bounds hold, and the ledger accounts
 * for every packet. Runs for FUZZ_MS milliseconds; FUZZ_SEED repeats a run. What failed once is kept in corpus/ and
 * always tried.
 */

const DURATION_MS = Number(process.env.FUZZ_MS ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const LONGEST_REPLAY_MS = 5_000;
const MAX_FLOWS = 24;

const corpus = fileURLToPath(new URL('corpus/', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-fuzz-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('replay of damaged captures', () => {
  it.each(fs.readdirSync(corpus).filter((name) => name !== 'README.md'))('takes corpus/%s', async (name) => {
    await replayOf(path.join(corpus, name));
  });

  it('holds against mutations', { timeout: DURATION_MS + 60_000 }, async () => {
    process.stderr.write(`replay.fuzz.test.ts: FUZZ_SEED=${SEED} repeats this run\n`);
    const until = performance.now() + DURATION_MS;
    let tried = 0;
    for (; tried === 0 || performance.now() < until; tried++) {
      const octets = mutatedCapture(SEED + tried);
      const file = path.join(folder, 'mutated.pcap');
      fs.writeFileSync(file, octets);
      try {
        await replayOf(file);
      } catch (error) {
        const kept = path.join(os.tmpdir(), `weir-fuzz-${SEED + tried}.pcap`);
        fs.writeFileSync(kept, octets);
        throw new Error(`seed ${SEED + tried}: put ${kept} into test/fuzz/corpus`, { cause: error });
      }
    }
    expect(tried).toBeGreaterThan(0);
  });
});

async function replayOf(file: string): Promise<void> {
  const started = performance.now();
  const { records, statistics } = await replayInProcess([file], { decap: Object.keys(TUNNELS), maxFlows: MAX_FLOWS });
  const { ledger } = statistics;
  expect(ledger.balanced).toBe(true);
  expect(ledger.packets.live).toBe(0);
  expect(ledger.flows.peak).toBeLessThanOrEqual(MAX_FLOWS);
  expect(records).toHaveLength(ledger.flows.created);
  let packets = 0;
  let octets = 0;
  for (const record of records) {
    const count = (element: string): number => (record[element] as number | undefined) ?? 0;
    packets += count('packetDeltaCount') + count('reversePacketDeltaCount');
    octets += count('octetDeltaCount') + count('reverseOctetDeltaCount');
    expect(count('packetDeltaCount')).toBeGreaterThan(0);
    expect((record.flowStartMicroseconds as string) <= (record.flowEndMicroseconds as string)).toBe(true);
  }
  expect({ packets, octets }).toEqual({ packets: ledger.packets.metered, octets: ledger.octetsMetered });
  expect(performance.now() - started).toBeLessThan(LONGEST_REPLAY_MS);
}
