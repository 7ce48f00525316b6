/**
 * Receives on v1 with a back-end until standard input ends, counting packets only or metering them into flows, and prints
 * packets, losses and CPU time a packet (user and system, of this process, the start left out).
 *   node bench/live/receive.mjs BACKEND count|meter
 */
import { DEFAULT_LIVE_OPTIONS } from '../../dist/capture/live-capture.js';
import { openLive } from '../../dist/capture/live/backends.js';
import { InterfaceTable } from '../../dist/capture/interface-table.js';
import { PacketBatch } from '../../dist/capture/packet-batch.js';
import { createDecodeSettings } from '../../dist/decode/decode-settings.js';
import { Metering } from '../../dist/sensor/metering.js';

const [backend, mode] = process.argv.slice(2);
const batch = new PacketBatch();
const settings = { idleTimeoutUs: 30e6, activeTimeoutUs: 1_800e6, maxFlows: 2_000_000, decode: createDecodeSettings() };
const metering = mode === 'meter' ? new Metering(settings, () => undefined) : null;
const capture = openLive(backend, { ...DEFAULT_LIVE_OPTIONS, interfaceName: 'v1' }, new InterfaceTable());

let ended = false;
process.stdin.on('end', () => (ended = true)).resume();
process.stdout.write('ready\n');

/** Packets of the first second warm the compiler up and are not reckoned. */
let warm = null;
let empty = 0;
for (let turn = 0, first = 0; !ended || empty < 5; turn++) {
  const count = await capture.next(batch, 100);
  empty = count === 0 ? empty + 1 : 0;
  if (count > 0 && metering !== null) metering.process({ window: batch.octets, batch });
  if (first === 0 && count > 0) first = performance.now();
  if (warm === null && first > 0 && performance.now() - first > 1_000) {
    warm = { cpu: process.cpuUsage(), packets: capture.counts().received };
  }
  // The end of standard input is seen between turns of the event loop.
  if (turn % 256 === 0 || count === 0) await new Promise(setImmediate);
}
const counts = capture.counts();
const cpu = process.cpuUsage(warm?.cpu);
const packets = counts.received - (warm?.packets ?? 0);
const nsPerPacket = Math.round(((cpu.user + cpu.system) * 1_000) / packets);
process.stdout.write(`${JSON.stringify({ ...counts, nsPerPacket, flows: metering?.liveFlows ?? null })}\n`);
process.exit(0);
