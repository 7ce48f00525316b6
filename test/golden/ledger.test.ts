import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import { type JsonRecord, replayInProcess } from '../support/canonical.js';
import { bundledCaptures, capturesIn, sharedFolder } from '../support/captures.js';

/** The ledger accounts for every packet and every flow of every capture there is, whatever is asked of the meter. */

const folders = ['flows', 'dpi'].map((name) => ({ name, folder: sharedFolder(name) }));
for (const { name, folder } of folders) {
  if (folder === null)
    process.stderr.write(`ledger.test.ts: skipped captures of ../shared/pcaps/${name}, which is not there\n`);
}

const sum = (records: readonly JsonRecord[], ...elements: string[]): number =>
  records.reduce((total, record) => total + elements.reduce((n, name) => n + ((record[name] as number) ?? 0), 0), 0);

async function unbalanced(
  captures: readonly string[],
  settings: Parameters<typeof replayInProcess>[1],
): Promise<string[]> {
  const wrong: string[] = [];
  for (const capture of captures) {
    const { records, statistics } = await replayInProcess([capture], settings);
    const { packets, octetsMetered, flows, balanced } = statistics.ledger;
    const isWhole =
      balanced &&
      packets.received === packets.metered + packets.ignoredTotal &&
      packets.metered === sum(records, 'packetDeltaCount', 'reversePacketDeltaCount') &&
      octetsMetered === sum(records, 'octetDeltaCount', 'reverseOctetDeltaCount') &&
      flows.created === Object.values(flows.endReasons).reduce((total, n) => total + n, 0) &&
      flows.peak <= (settings?.maxFlows ?? Infinity);
    if (!isWhole) wrong.push(path.basename(capture));
  }
  return wrong;
}

const decap = Object.keys(TUNNELS);
const SETTINGS: readonly [string, Parameters<typeof replayInProcess>[1]][] = [
  ['with tunnels opened', { decap }],
  [
    'with room for few flows and short timeouts',
    { decap, maxFlows: 3, idleTimeoutUs: 50_000, activeTimeoutUs: 200_000 },
  ],
  ['in one direction a record, without VLANs', { uniflow: true, vlanInKey: false }],
];

describe.each(SETTINGS)('the ledger balances %s', (_, settings) => {
  it('on the bundled captures', async () => {
    expect(await unbalanced(bundledCaptures(), settings)).toEqual([]);
  });

  it.each(folders.filter(({ folder }) => folder !== null))('on the captures of $name', async ({ folder }) => {
    const captures = capturesIn(path.join(folder as string, 'captures'));
    expect(captures.length).toBeGreaterThan(200);
    expect(await unbalanced(captures, settings)).toEqual([]);
  });
});
