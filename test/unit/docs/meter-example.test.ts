import fs from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { BATCH_CAPACITY } from '../../../src/capture/packet-batch.js';
import { BatchDecoder } from '../../../src/decode/decode-batch.js';
import { createDecodeSettings } from '../../../src/decode/decode-settings.js';
import { DecodedBatch } from '../../../src/decode/decoded-batch.js';
import { flowFields } from '../../../src/export/fields/flow-fields.js';
import { RecordText } from '../../../src/export/text/record-text.js';
import { JSON_LINES } from '../../../src/export/text/text-style.js';
import { FlowMeter } from '../../../src/flow/flow-meter.js';
import { METERS } from '../../../src/flow/meters/index.js';
import { eachBatch } from '../../support/captures.js';
import { bundled } from '../../support/run-weir.js';
import { nonEmptyPackets } from './non-empty-packets.js';
import { page, ROOT } from './pages.js';

it('the meter that docs/contributing.md shows is the one that is tested here', () => {
  const file = fs.readFileSync(path.join(ROOT, 'test/unit/docs/non-empty-packets.ts'), 'utf8');
  expect(page('docs/contributing.md').text).toContain(file.replaceAll("'../../../src/flow/", "'../"));
});

it('that meter counts what tshark counts (tcp.len > 0)', async () => {
  const meters = [...METERS, nonEmptyPackets];
  const settings = createDecodeSettings();
  const lines: string[] = [];
  const text = new RecordText(flowFields({ meters }), false, JSON_LINES, (octets, from, to) => {
    lines.push(Buffer.from(octets.subarray(from, to)).toString());
  });
  const decoder = new BatchDecoder(settings);
  const decoded = new DecodedBatch(BATCH_CAPACITY);
  const limits = { maxFlows: 100, idleTimeoutUs: 30e6, activeTimeoutUs: 1800e6, batchCapacity: BATCH_CAPACITY };
  const meter = new FlowMeter({ ...limits, seed: settings.seed, meters }, (closed) => text.write(closed));
  await eachBatch(bundled('http.pcap'), (batch) => {
    decoder.decode(batch, 0, batch.count, decoded);
    meter.process(decoded);
  });
  meter.finish();
  text.finish();
  const records = lines
    .join('')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  expect(records.map((record) => [record.nonEmptyPacketCount, record.reverseNonEmptyPacketCount])).toEqual([
    [3, 72],
    [1, 1],
  ]);
});
