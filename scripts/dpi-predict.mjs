// Writes one line of JSON for each flow of the captures in a folder: what scripts/dpi-score gives to score.py.
import { readdirSync } from 'node:fs';
import path from 'node:path';

import { Configuration } from '../dist/config/configuration.js';
import { replaySettings } from '../dist/config/replay-settings.js';
import { DEFAULT_DECAP } from '../dist/decode/decode-settings.js';
import { W, Record } from '../dist/flow/flow-record.js';
import { writeLabel } from '../dist/dpi/label-path.js';
import { SinkOutput } from '../dist/export/file/sink-output.js';
import { InterfaceTable } from '../dist/capture/interface-table.js';
import { loadInspection } from '../dist/sensor/inspection.js';
import { Replay } from '../dist/sensor/replay.js';
import { extensionWordsOf } from '../dist/flow/flow-meter.js';
import { METERS } from '../dist/flow/meters/index.js';

const [, , folder] = process.argv;
const DPI = Record.Words + extensionWordsOf(METERS);
const text = new Uint8Array(256);

/** The predictions are written by themselves; nothing goes this way. */
class NoSink {
  isFull = false;
  safeOctets = 0;
  write() {}
  flush() {}
  drain() {
    return Promise.resolve();
  }
  closeNow() {
    return true;
  }
  close() {
    return Promise.resolve();
  }
}

for (const name of readdirSync(folder).sort()) {
  const lines = [];
  const encoder = {
    records: 0,
    write(closed) {
      for (let row = 0; row < closed.count; row++) lines.push(lineOf(closed, row * closed.stride, name));
      this.records += closed.count;
    },
    flush: () => undefined,
    statistics: () => undefined,
    finish: () => undefined,
  };
  const output = new SinkOutput('predictions', () => encoder, new NoSink(), false);
  const settings = {
    ...replaySettings(new Configuration([]), 1),
    inputs: [path.join(folder, name)],
    idleTimeoutUs: 300e6,
    activeTimeoutUs: 86_400e6,
    maxFlows: 100_000,
    decap: process.env.DECAP === 'none' ? [] : DEFAULT_DECAP,
    dpi: { metadata: [], memoryOctets: 64 << 20, labelByPort: false, secrets: false, explain: false },
  };
  const observer = { warn: () => undefined, progress: () => undefined };
  await new Replay(settings, [output], observer, new InterfaceTable(), await loadInspection(settings)).run();
  process.stdout.write(lines.join(''));
}

function lineOf({ words }, r, capture) {
  const protocol = words[r + W.Protocol] & 0xff;
  const isV6 = ((words[r + W.Protocol] >>> 8) & 0xff) === 6;
  const dpi = r + DPI;
  const end = writeLabel(text, 0, words[dpi], words[dpi + 1]);
  return `${JSON.stringify({
    capture,
    proto: protocol,
    src: address(words, r + W.SourceAddress, isV6),
    sport: words[r + W.Ports] >>> 16,
    dst: address(words, r + W.DestinationAddress, isV6),
    dport: words[r + W.Ports] & 0xffff,
    label: end === 0 ? null : Buffer.from(text.subarray(0, end)).toString(),
  })}\n`;
}

function address(words, at, isV6) {
  const octets = Buffer.alloc(16);
  for (let n = 0; n < 4; n++) octets.writeInt32BE(words[at + n], 4 * n);
  if (!isV6) return [...octets.subarray(0, 4)].join('.');
  return Array.from({ length: 8 }, (_, n) => octets.readUInt16BE(2 * n).toString(16)).join(':');
}
