// How many records a second each encoder makes on one core: `npm run build && node bench/encode.mjs`.
import { fileURLToPath } from 'node:url';

import { openCapture } from '../dist/capture/open-capture.js';
import { InterfaceTable } from '../dist/capture/interface-table.js';
import { ClosedFlows } from '../dist/flow/closed-flows.js';
import { flowFields } from '../dist/export/fields/flow-fields.js';
import { IpfixFile } from '../dist/export/ipfix/ipfix-file.js';
import { Netflow5Encoder } from '../dist/export/netflow/netflow5-encoder.js';
import { Netflow9Messages } from '../dist/export/netflow/netflow9-messages.js';
import { createDecodeSettings } from '../dist/decode/decode-settings.js';
import { Metering } from '../dist/sensor/metering.js';

const SECONDS_EACH = 2;
const BLOCK_RECORDS = 512;

/** Records of a real capture, over and over, in one block. */
async function block() {
  const kept = [];
  let extensionWords = 0;
  const metering = new Metering(
    {
      decode: createDecodeSettings({ vlanInKey: true, interfaceInKey: false, decap: [], ports: {} }),
      idleTimeoutUs: 30e6,
      activeTimeoutUs: 1800e6,
      maxFlows: 10_000,
    },
    (closed) => {
      extensionWords = closed.tunnelOffset - closed.extensionOffset;
      for (let row = 0; row < closed.count; row++) {
        kept.push(closed.words.slice(row * closed.stride, (row + 1) * closed.stride));
      }
    },
  );
  const reader = await openCapture(fileURLToPath(new URL('../pcaps/demo.pcap', import.meta.url)), new InterfaceTable());
  const batch = metering.batch();
  while (await reader.fill()) while (reader.next(batch) > 0) metering.process(batch);
  await reader.close();
  await metering.finish();
  const closed = new ClosedFlows(extensionWords, BLOCK_RECORDS);
  for (let row = 0; row < BLOCK_RECORDS; row++) closed.words.set(kept[row % kept.length], row * closed.stride);
  closed.count = BLOCK_RECORDS;
  return closed;
}

const ENCODERS = {
  ipfix: (sink) => new IpfixFile(flowFields({ format: 'ipfix' }), {}, sink),
  'ipfix, cert': (sink) => new IpfixFile(flowFields({ format: 'ipfix', profile: 'cert' }), {}, sink),
  'ipfix, full': (sink) => new IpfixFile(flowFields({ format: 'ipfix', profile: 'full' }), {}, sink),
  'ipfix, uniflows': (sink) => new IpfixFile(flowFields({ format: 'ipfix' }), { uniflow: true }, sink),
  netflow9: (sink) => new Netflow9Messages(flowFields({ format: 'ipfix' }), {}, sink),
  netflow5: (sink) => new Netflow5Encoder(flowFields({ format: 'ipfix' }), {}, sink),
};

const closed = await block();
for (const [name, create] of Object.entries(ENCODERS)) {
  let octets = 0;
  const encoder = create((_, from, to) => (octets += to - from));
  for (let n = 0; n < 500; n++) encoder.write(closed);
  const [records, start] = [encoder.records, performance.now()];
  octets = 0;
  while (performance.now() - start < SECONDS_EACH * 1000) encoder.write(closed);
  const seconds = (performance.now() - start) / 1000;
  const rate = (encoder.records - records) / seconds / 1e6;
  console.log(`${name.padEnd(16)} ${rate.toFixed(2)} M records/s, ${(octets / seconds / 1e6).toFixed(0)} MB/s`);
}
