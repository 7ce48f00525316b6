/**
 * What the scenarios of live capture share. Runs in a network namespace of its own, made by test/support/live.ts, with the
 * built program: a veth pair v0 - v1, frames sent out of v0 by Python, and captures on v1.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';

import { DEFAULT_LIVE_OPTIONS } from '../../dist/capture/live-capture.js';
import { openLive } from '../../dist/capture/live/backends.js';
import { openRing } from '../../dist/capture/live/afpacket.js';
import { InterfaceTable } from '../../dist/capture/interface-table.js';
import { PacketBatch } from '../../dist/capture/packet-batch.js';

/** Long enough for any machine; nothing waits so long that goes well. */
const DEADLINE_MS = 20_000;

export function ip(words) {
  return execFileSync('ip', words.split(' '), { encoding: 'utf8' });
}

/** Without IPv6, so that nobody but the scenario sends anything. */
export function makeLinks() {
  writeFileSync('/proc/sys/net/ipv6/conf/all/disable_ipv6', '1');
  writeFileSync('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1');
  ip('link set lo up');
  makeVeth();
}

export function makeVeth() {
  ip('link add v0 type veth peer name v1');
  ip('link set v0 up');
  ip('link set v1 up');
}

/** Opens a capture; 'copy' is the ring with its blocks copied. */
export function open(backend, options = {}, table = new InterfaceTable()) {
  const all = { ...DEFAULT_LIVE_OPTIONS, bufferOctets: 1 << 22, interfaceName: 'v1', ...options };
  const capture = backend === 'copy' ? openRing(all, table, true) : openLive(backend, all, table);
  return { capture, table };
}

const SENDER = `
import socket, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind((sys.argv[1], 0))
times = []
for line in sys.stdin:
    frame = bytes.fromhex(line.strip())
    times.append(time.time())
    s.send(frame)
print(times[0], times[-1])
`;

/** Sends frames (hexadecimal), in order; resolves to the seconds of first and last when all are out. */
export async function send(frames, device = 'v0') {
  const child = spawn('python3', ['-c', SENDER, device], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (piece) => (output += piece));
  child.stdin.end(frames.join('\n'));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the sender ended with ${code}`);
  return output.trim().split(' ').map(Number);
}

/** Reads until `enough(packets)` or the wire has been silent for a while. */
export async function read(capture, enough, silentMs = 1_500) {
  const batch = new PacketBatch();
  const packets = [];
  const start = performance.now();
  let last = start;
  while (performance.now() - last < silentMs && performance.now() - start < DEADLINE_MS && !enough(packets)) {
    const count = await capture.next(batch, 50);
    if (count > 0) last = performance.now();
    for (let i = 0; i < count; i++) packets.push(packetOf(batch, i));
  }
  return packets;
}

/** Reads `count` packets, and whatever comes too much. */
export async function readCount(capture, count) {
  const packets = await read(capture, (got) => got.length >= count, 5_000);
  return packets.concat(await read(capture, () => false, 150));
}

/** Calls `next` until `capture.state.kind` is `kind`; the packets that came meanwhile. */
export async function readUntilState(capture, kind) {
  const batch = new PacketBatch();
  const deadline = performance.now() + DEADLINE_MS;
  while (capture.state.kind !== kind) {
    if (performance.now() > deadline) throw new Error(`still ${capture.state.kind}: ${capture.state.message}`);
    await capture.next(batch, 50);
  }
  return capture.state;
}

function packetOf(batch, i) {
  const start = batch.octets.byteOffset + batch.offset[i];
  return {
    octets: Buffer.from(batch.octets.buffer, start, batch.captured[i]).toString('hex'),
    wire: batch.wire[i],
    timeUs: batch.timeUs[i],
    timeNs: batch.timeNs[i],
    link: batch.link[i],
    interface: batch.interface[i],
  };
}

const MACS = '020000000002020000000001';

/** An Ethernet frame with tags ([type, control information]) around an IP packet. */
export function frame(packet, tags = [], type = packet.startsWith('6') ? '86dd' : '0800') {
  return MACS + tags.map(([tagType, control]) => tagType + control).join('') + type + packet;
}

const half = (value) => value.toString(16).padStart(4, '0');

/** An IPv4 packet with UDP ports; a fragment when `fragment` (flags and offset) is given. */
export function ipv4(source, destination, { ports = '00350035', payload = '', fragment = 0, id = 0 } = {}) {
  const isLater = (fragment & 0x1fff) !== 0;
  const transport = isLater ? payload : `${ports}${half(8 + payload.length / 2)}0000${payload}`;
  const length = half(20 + transport.length / 2);
  return `4500${length}${half(id)}${half(fragment)}40110000${source}${destination}${transport}`;
}

export function ipv6(source, destination, { ports = '00350035' } = {}) {
  return `6000000000081140${source}${destination}${ports}00080000`;
}
