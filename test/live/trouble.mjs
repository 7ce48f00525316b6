/** Scenarios: what goes wrong with interfaces, rings, threads and handles. */
import { Worker } from 'node:worker_threads';

import { native } from '../../dist/capture/native.js';
import { PacketBatch } from '../../dist/capture/packet-batch.js';
import { frame, ip, ipv4, makeLinks, makeVeth, open, read, readCount, readUntilState, send } from './namespace.mjs';

const one = frame(ipv4('0a000001', '0a000002'));
const arp = frame('0001080006040001', [], '0806').padEnd(84, '0');

/** A ring that nobody reads while more is sent than it holds. */
export async function overload({ backends, count }) {
  makeLinks();
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend, { bufferOctets: 1 << 16 });
    await send(Array.from({ length: count }, () => one));
    const packets = await read(capture, () => false, 300);
    await send([one]);
    const later = await readCount(capture, 1);
    results[backend] = { read: packets.length, later: later.length, counts: capture.counts(), again: capture.counts() };
    capture.close();
  }
  return results;
}

/** How long `next` takes on a silent wire, in ms, for each timeout asked for. */
export async function silence({ backends, timeouts }) {
  makeLinks();
  const batch = new PacketBatch();
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend);
    results[backend] = [];
    for (const timeout of timeouts) {
      const start = performance.now();
      const count = await capture.next(batch, timeout);
      results[backend].push({ count, ms: performance.now() - start });
    }
    capture.close();
  }
  return results;
}

/** From the sender's clock to the end of `next`, for single packets on a wire that is silent otherwise, ms. */
export async function latency({ backends, packets }) {
  makeLinks();
  const batch = new PacketBatch();
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend);
    results[backend] = [];
    for (let i = 0; i < packets; i++) {
      const sending = send([one]);
      for (let got = 0; got === 0; await new Promise(setImmediate)) got = await capture.next(batch, 5);
      const now = Date.now();
      results[backend].push(now - (await sending)[0] * 1_000);
    }
    capture.close();
  }
  return results;
}

/** Down and up, deleted and made anew. */
export async function flapping({ backend, filter = null }) {
  makeLinks();
  const { capture, table } = open(backend, { filter });
  const steps = [];
  const step = async (what, kind) => {
    const { message } = await readUntilState(capture, kind);
    steps.push({ what, kind: capture.state.kind, message, ifIndex: capture.ifIndex });
  };
  const pass = async (what) => {
    await send([one, arp]);
    steps.push({ what, packets: (await readCount(capture, filter === null ? 2 : 1)).length });
  };
  await pass('at first');
  ip('link set v1 down');
  await step('down', 'down');
  ip('link set v1 up');
  ip('link set v0 up');
  await step('up', 'up');
  await pass('up again');
  ip('link del v0');
  await step('deleted', 'gone');
  makeVeth();
  await step('made anew', 'up');
  await pass('made anew');
  const counts = capture.counts();
  capture.close();
  capture.close();
  return { steps, counts, rows: table.rows, afterClose: await capture.next(new PacketBatch(), 100) };
}

/** The interface's own clock asked of one that has none: what each back-end says, and what arrives. */
export async function timestamps({ backends }) {
  makeLinks();
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend, { timestamps: 'hardware' });
    const [first, last] = await send([one, one]);
    const packets = await readCount(capture, 2);
    const aside = packets.map(({ timeUs }) => Math.max(first - timeUs / 1e6, timeUs / 1e6 - last));
    results[backend] = { trouble: capture.timestampTrouble, aside };
    capture.close();
  }
  return results;
}

/** A thread that reads in a loop ends by a flag; one that is terminated gives its ring back. */
export async function threads() {
  makeLinks();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const stopped = new Worker(new URL('./reading-worker.mjs', import.meta.url), { workerData: { flag } });
  await new Promise((resolve) => stopped.once('message', resolve));
  const start = performance.now();
  Atomics.store(flag, 0, 1);
  const code = await new Promise((resolve) => stopped.once('exit', resolve));
  const stopMs = performance.now() - start;
  for (let i = 0; i < 20; i++) {
    const other = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL('./reading-worker.mjs', import.meta.url), { workerData: { flag: other } });
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
  }
  return { code, stopMs };
}

/** Every operation with every kind of handle: what it throws, or that it does not. */
export function handles() {
  makeLinks();
  const addon = native('test');
  const ring = () => addon.ringOpen(0, 4096, 4, 10, 2, new Uint8Array([6, 0, 0, 0, 255, 0, 0, 0]), -1, null);
  const pcap = () => addon.pcapOpen('v1', 100, 0, 1 << 18, null, 0);
  const closed = (opened) => (addon.close(opened.handle), opened.handle);
  const arrays = [new Uint8Array(4096), new Int32Array(4), new Int32Array(4), new Uint32Array(4)];
  const operations = {
    ringWait: (h) => addon.ringWait(h, 0, 0),
    ringRelease: (h) => addon.ringRelease(h, 0),
    ringCopy: (h) => addon.ringCopy(h, 0, arrays[0]),
    ringStatistics: (h) => addon.ringStatistics(h, new Float64Array(3)),
    pcapNext: (h) => addon.pcapNext(h, ...arrays, new Float64Array(4), new Int32Array(4), 0),
    pcapStatistics: (h) => addon.pcapStatistics(h, new Float64Array(2)),
    close: (h) => addon.close(h),
  };
  const states = {
    ring: () => ring().handle,
    pcap: () => pcap().handle,
    'closed ring': () => closed(ring()),
    'closed pcap': () => closed(pcap()),
    'reused slot': () => {
      const first = closed(ring());
      ring();
      return first;
    },
    'never opened': () => 1e6 + 7,
    zero: () => 0,
    negative: () => -257,
    fraction: () => 256.5,
    NaN: () => NaN,
    huge: () => 2 ** 53,
    text: () => '256',
    nothing: () => undefined,
  };
  const outcome = {};
  for (const [state, make] of Object.entries(states)) {
    const handle = make();
    for (const [name, operation] of Object.entries(operations)) {
      let result = 'done';
      try {
        operation(handle);
      } catch (error) {
        result = error.code;
      }
      outcome[`${state} ${name}`] = result;
    }
  }
  const { handle, memory } = ring();
  const view = new Uint8Array(memory);
  const before = view.length;
  const twice = [addon.close(handle), addon.close(handle)];
  return { outcome, before, after: view.length, value: view[0] ?? null, twice };
}

/** Arguments that would read or write outside of what they name. */
export function wildArguments() {
  makeLinks();
  const addon = native('test');
  const accept = new Uint8Array([6, 0, 0, 0, 255, 0, 0, 0]);
  const { handle } = addon.ringOpen(0, 4096, 4, 10, 2, accept, -1, null);
  const capture = addon.pcapOpen('v1', 1_000, 0, 1 << 18, null, 0);
  const i32 = (...values) => new Int32Array(values);
  const u32 = (...values) => new Uint32Array(values);
  const octets = new Uint8Array(100);
  const calls = {
    'no arguments': () => addon.ringOpen(),
    'a block of no page': () => addon.ringOpen(0, 100, 4, 10, 2, accept, -1, null),
    'a ring beyond 2^31 octets': () => addon.ringOpen(0, 1 << 20, 4096, 10, 2, accept, -1, null),
    'half an instruction': () => addon.ringOpen(0, 4096, 4, 10, 2, accept.subarray(4), -1, null),
    'a filter that does not end': () => addon.ringOpen(0, 4096, 4, 10, 2, new Uint8Array(8), -1, null),
    'no such interface': () => addon.ringOpen(9_999, 4096, 4, 10, 0, accept, -1, null),
    'a block that is not there': () => addon.ringWait(handle, 4, 0),
    'a negative block': () => addon.ringWait(handle, -1, 0),
    'a small copy': () => addon.ringCopy(handle, 0, new Uint8Array(100)),
    'few counts': () => addon.ringStatistics(handle, new Float64Array(2)),
    'counts of another kind': () => addon.ringStatistics(handle, new Float32Array(3)),
    'no room for a packet': () =>
      addon.pcapNext(capture.handle, octets, i32(0), i32(0), u32(0), new Float64Array(1), i32(0), 0),
    'a packet beyond the octets': () =>
      addon.pcapFilter(accept, octets, i32(90), i32(11), u32(11), 1, new Uint8Array(1)),
    'a packet before the octets': () => addon.pcapFilter(accept, octets, i32(-1), i32(1), u32(1), 1, new Uint8Array(1)),
    'a negative length': () => addon.pcapFilter(accept, octets, i32(1), i32(-1), u32(1), 1, new Uint8Array(1)),
    'more rows than there are': () => addon.pcapFilter(accept, octets, i32(0), i32(1), u32(1), 2, new Uint8Array(1)),
    'a loop for a filter': () =>
      addon.pcapFilter(new Uint8Array([5, 0, 0, 0, 255, 255, 255, 255]), octets, i32(0), i32(1), u32(1), 1, octets),
    'an expression that is none': () => addon.pcapCompile(null, 1, 100, 'tcp port'),
    'a zero octet in a name': () => addon.interfaceStatus('v1\0', i32(0, 0, 0)),
  };
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => {
      try {
        call();
        return [name, 'done'];
      } catch (error) {
        return [name, error.code];
      }
    }),
  );
}
