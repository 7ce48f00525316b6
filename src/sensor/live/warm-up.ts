import type { PacketBatch } from '../../capture/packet-batch.js';
import { LinkType } from '../../decode/link/link-types.js';
import { Protocol, Udp } from '../../decode/transport/ports.js';
import type { LiveMetering } from './live-metering.js';

/** Enough for the engine to compile decode and flow; some tens of milliseconds. */
const ROUNDS = 400;
const ROUNDS_AN_IDLE_TIMEOUT = 25;
const FRAME_OCTETS = 128;
const TCP_OCTETS = 20;
const START_US = 1.7e15;

/**
 * Meters packets that never were, and forgets them, so that the engine has compiled the data plane when the first real one
 * comes. It does so with what will meter the real ones, since the passes are compiled for their columns: docs/architecture.md,
 * "Passes". The records go where all go.
 */
export function warmUp(metering: LiveMetering, batch: PacketBatch, idleTimeoutUs: number): void {
  const frames = new Uint8Array(batch.capacity * FRAME_OCTETS);
  const view = new DataView(frames.buffer);
  for (let i = 0; i < batch.capacity; i++) writeFrame(view, i * FRAME_OCTETS, i);
  batch.attach(frames);
  const roundUs = Math.max(batch.capacity, Math.floor(idleTimeoutUs / ROUNDS_AN_IDLE_TIMEOUT));
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < batch.capacity; i++) {
      batch.offset[i] = i * FRAME_OCTETS;
      batch.captured[i] = FRAME_OCTETS;
      batch.wire[i] = FRAME_OCTETS;
      batch.timeUs[i] = START_US + round * roundUs + i;
      batch.link[i] = LinkType.Ethernet;
      // Other ports every few rounds, so that flows are created, and end for being idle.
      view.setUint16(i * FRAME_OCTETS + ((i & 3) === 3 ? 54 : 34), (round >>> 3) * 256 + i);
    }
    batch.count = batch.capacity;
    batch.latestUs = batch.timeUs[batch.count - 1];
    metering.process(batch, (round * roundUs) / 1_000);
  }
  metering.forget();
  batch.count = 0;
}

/** IPv4 and IPv6, TCP and UDP by turns, without payload: what inspects that would take long over it. */
function writeFrame(view: DataView, at: number, i: number): void {
  const isIpv6 = (i & 3) === 3;
  const protocol = (i & 1) === 0 ? Protocol.Tcp : Protocol.Udp;
  const transportOctets = protocol === Protocol.Tcp ? TCP_OCTETS : Udp.HeaderOctets;
  view.setUint16(at + 12, isIpv6 ? 0x86dd : 0x0800);
  if (isIpv6) {
    view.setUint32(at + 14, 0x60000000);
    view.setUint16(at + 18, transportOctets);
    view.setUint16(at + 20, (protocol << 8) | 64);
    view.setUint32(at + 22, 0xfd000000 | i);
    view.setUint32(at + 38, 0xfd000001);
  } else {
    view.setUint16(at + 14, 0x4500);
    view.setUint16(at + 16, 20 + transportOctets);
    view.setUint16(at + 22, (64 << 8) | protocol);
    view.setUint32(at + 26, 0x0a000000 | i);
    view.setUint32(at + 30, 0x0a010001);
  }
  const transport = at + (isIpv6 ? 54 : 34);
  view.setUint16(transport + 2, 443);
  view.setUint16(transport + 12, 0x5010);
}
