import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

import { programPath, temporaryFolder } from '../../support/run-weir.js';
import { frameOf, ipOctets, type Packet, PACKET } from '../../support/traffic.js';

const SCRIPT = fileURLToPath(new URL('steady-state.mjs', import.meta.url));
const PACKETS = 10_240;
/** Packets come at 100,000 a second. */
const STEP_US = 10;
const WARM_ROUNDS = 60;
const ROUNDS = 200;
/**
 * Octets on the engine's heap for a packet, for its flow included: the engine may put a time into a box of 16 octets where
 * it chooses not to inline a function, and that is less than any object.
 */
const OCTETS_PER_PACKET = 20;
/** What may stay: code and feedback that the engine makes for itself. */
const KEPT_OCTETS = 256 * 1024;

/** TCP connections with all that belongs to them, UDP, ICMP, fragments, tags, tunnels; each flow has eight packets, both ways. */
function mixedPackets(): Packet[] {
  return Array.from({ length: PACKETS }, (_, i): Packet => {
    const flow = Math.floor(i / 32) * 4 + (i % 4);
    const step = Math.floor((i % 32) / 4);
    const forward = step % 2 === 0;
    const kind = flow % 16;
    const version = flow % 3 === 0 ? 6 : 4;
    const protocol = kind < 8 ? 6 : kind === 8 ? (version === 6 ? 58 : 1) : kind === 9 ? 132 : 17;
    const client = { source: 1 + (flow % 20), sourcePort: 1024 + flow };
    const ends = forward
      ? { ...client, destination: 100, destinationPort: 443 }
      : { source: 100, sourcePort: 443, destination: client.source, destinationPort: client.sourcePort };
    return {
      ...PACKET,
      ...ends,
      protocol,
      version,
      flags: [0x02, 0x12, 0x10, 0x18, 0x18, 0x11, 0x11, 0x10][step],
      vlans: kind === 3 ? [7] : kind === 4 ? [9, 8, 7] : [],
      vxlan: kind === 5 ? 5 : 0,
      fragment: kind === 10 ? { identification: flow, first: step < 2 } : null,
      timeUs: i * STEP_US,
    };
  });
}

/** Writes packets as the script wants them. */
function writePackets(file: string, packets: readonly Packet[]): void {
  const parts = packets.flatMap((packet) => {
    const frame = frameOf(packet);
    return [new Uint8Array(Uint32Array.of(frame.length, ipOctets(packet) + 14, packet.timeUs).buffer), frame];
  });
  fs.writeFileSync(file, Buffer.concat(parts));
}

interface Measured {
  readonly allocated: number;
  /** Octets of that which a collection did not free. */
  readonly kept: number;
  readonly collections: number;
  readonly packets: number;
  readonly records: number;
  readonly ended: readonly number[];
}

describe('decode and flow in steady state', () => {
  it.each([
    ['with room for all flows', 10_000, 2],
    ['with eviction', 250, 5],
  ])('make no object for a packet or a flow, and keep nothing: %s', (_, maxFlows, reason) => {
    programPath();
    const file = path.join(temporaryFolder(), 'packets');
    writePackets(file, mixedPackets());
    const engine = ['--expose-gc', '--max-semi-space-size=64', '--min-semi-space-size=64'];
    const options = [maxFlows, PACKETS * STEP_US, WARM_ROUNDS, ROUNDS].map(String);
    const text = execFileSync(process.execPath, [...engine, SCRIPT, file, ...options], { encoding: 'utf8' });
    const measured = JSON.parse(text) as Measured;
    const { allocated, kept, packets, records } = measured;
    console.info(`${allocated} octets allocated and ${kept} kept for ${packets} packets and ${records} records`);
    // Flows went on ending all the time, for all the reasons there are.
    expect(measured.ended[3]).toBeGreaterThan(100_000);
    expect(measured.ended[reason]).toBeGreaterThan(1000);
    // Without a collection in between, the growth is all that was allocated.
    expect(measured.collections).toBe(0);
    expect(allocated).toBeLessThan(OCTETS_PER_PACKET * packets);
    expect(kept).toBeLessThan(KEPT_OCTETS);
  });
});
