/** Scenarios: packets arrive as they were sent. */
import { openCapture } from '../../dist/capture/open-capture.js';
import { InterfaceTable } from '../../dist/capture/interface-table.js';
import { PacketBatch } from '../../dist/capture/packet-batch.js';
import { frame, ip, ipv4, ipv6, makeLinks, open, read, readCount, send } from './namespace.mjs';

const A = '0a000001';
const B = '0a000002';
const V6 = 'fd00000000000000000000000000000';

/** Frames with all kinds of tags, and the file's packets. */
async function frames(file) {
  const tagged = [
    frame(ipv4(A, B)),
    frame(ipv4(A, B), [['8100', '6064']]),
    frame(ipv4(A, B), [['8100', '0000']]),
    frame(ipv4(A, B), [['88a8', '4065']]),
    frame(ipv4(A, B), [
      ['88a8', '0065'],
      ['8100', 'e064'],
    ]),
    frame(ipv6(`${V6}1`, `${V6}2`), [['8100', '0ffe']]),
  ];
  return [...tagged, ...(await framesOf(file))];
}

async function framesOf(file) {
  const reader = await openCapture(file, new InterfaceTable());
  const batch = new PacketBatch();
  const found = [];
  while (await reader.fill()) {
    while (reader.next(batch) > 0) {
      for (let i = 0; i < batch.count; i++) {
        found.push(Buffer.from(batch.octets.buffer, batch.offset[i], batch.captured[i]).toString('hex'));
      }
    }
  }
  await reader.close();
  return found;
}

/** What each back-end gives of the same frames, all at the same time. */
export async function same({ backends, file }) {
  makeLinks();
  const sent = await frames(file);
  // cap takes 64 KiB of the buffer for each packet, however small it is.
  const opened = backends.map((backend) => ({ backend, ...open(backend, { bufferOctets: 1 << 26 }) }));
  const before = Date.now() / 1_000;
  const [first, last] = await send(sent);
  const results = {};
  for (const { backend, capture, table } of opened) {
    const packets = await readCount(capture, sent.length);
    const { linkType, ifIndex, state, countsDrops } = capture;
    results[backend] = { packets, counts: capture.counts(), linkType, ifIndex, state, countsDrops, rows: table.rows };
    capture.close();
  }
  return { sent, before, first, last, results };
}

/** Short snap length: what is captured, and how long the packets were. */
export async function snapLength({ backends }) {
  makeLinks();
  const long = ipv4(A, B, { payload: '00'.repeat(400) });
  const sent = [frame(long), frame(long, [['8100', '0064']])];
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend, { snapLength: 100 });
    await send(sent);
    results[backend] = await readCount(capture, sent.length);
    capture.close();
  }
  return { sent, results };
}

/** Which of the frames come through which filters. */
export async function filters({ backends, expressions }) {
  makeLinks();
  const sent = [
    frame(ipv4(A, B)),
    frame(ipv4(A, B, { ports: '04d21388' }), [['8100', '0064']]),
    frame(ipv4(A, B), [
      ['88a8', '0065'],
      ['8100', '0064'],
    ]),
    frame(ipv6(`${V6}1`, `${V6}2`)),
    frame('0001080006040001', [], '0806').padEnd(84, '0'),
  ];
  const results = {};
  const opened = backends.flatMap((backend) =>
    expressions.map((filter) => ({ name: `${backend}: ${filter}`, ...open(backend, { filter }) })),
  );
  await send(sent);
  for (const { name, capture } of opened) {
    const packets = await read(capture, () => false, 100);
    results[name] = packets.map(({ octets }) => sent.indexOf(octets));
  }
  return results;
}

/** A filter that is changed, one that is wrong, and none again. */
export async function changedFilter({ backends }) {
  makeLinks();
  const sent = [frame(ipv4(A, B)), frame(ipv6(`${V6}1`, `${V6}2`))];
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend, { filter: 'ip' });
    const steps = [];
    for (const filter of ['ip', 'ip6', 'tcp pport 1', null]) {
      let trouble = null;
      try {
        capture.setFilter(filter);
      } catch (error) {
        trouble = error.message;
      }
      await send(sent);
      const packets = await read(capture, () => false, 200);
      steps.push({ filter, trouble, frames: packets.map(({ octets }) => sent.indexOf(octets)) });
    }
    results[backend] = steps;
    capture.close();
  }
  return results;
}

/** `any`: packets of all interfaces with their interface, those over lo once. */
export async function any({ backends, filter = null }) {
  makeLinks();
  const results = {};
  for (const backend of backends) {
    const { capture, table } = open(backend, { interfaceName: 'any', filter });
    await send([frame(ipv4(A, B), [['8100', '0064']])]);
    await send([frame(ipv4('7f000001', '7f000001')).replace(/^.{24}/, '0'.repeat(24))], 'lo');
    const packets = await read(capture, () => false, 300);
    results[backend] = { packets, rows: table.rows, linkType: capture.linkType };
    capture.close();
  }
  const [{ ifindex: v0 }] = JSON.parse(ip('-j link show v0'));
  const [{ ifindex: v1 }] = JSON.parse(ip('-j link show v1'));
  return { results, v0, v1 };
}

/** Loopback by its own name. */
export async function loopback({ backends }) {
  makeLinks();
  const results = {};
  for (const backend of backends) {
    const { capture } = open(backend, { interfaceName: 'lo' });
    await send([frame(ipv4('7f000001', '7f000001')).replace(/^.{24}/, '0'.repeat(24))], 'lo');
    results[backend] = (await readCount(capture, 1)).length;
    capture.close();
  }
  return results;
}

const address = (n) => (0x0a000000 + n).toString(16).padStart(8, '0');

/** Two captures that share the packets: both directions, fragments, tags, IPv6. */
export async function fanout({ pairs }) {
  makeLinks();
  const sent = [];
  for (let n = 0; n < pairs; n++) {
    const [a, b] = [address(2 * n + 1), address(3 * n + 100_000)];
    const id = n;
    sent.push(frame(ipv4(a, b, { ports: '04000050', id })), frame(ipv4(b, a, { ports: '00500400' })));
    sent.push(frame(ipv4(a, b, { fragment: 0x2000, payload: '00'.repeat(16), id })));
    sent.push(frame(ipv4(a, b, { fragment: 0x0003, payload: '00'.repeat(16), id })));
    sent.push(frame(ipv4(b, a, { ports: '00350035' }), [['8100', '0064']]));
    sent.push(
      frame(ipv4(a, b), [
        ['88a8', '0065'],
        ['8100', '0064'],
      ]),
    );
    sent.push(frame(ipv6(`${V6.slice(0, 23)}0${a}`, `${V6.slice(0, 23)}0${b}`)));
    sent.push(frame(ipv6(`${V6.slice(0, 23)}0${b}`, `${V6.slice(0, 23)}0${a}`, { ports: '13881389' })));
  }
  const two = [open('afpacket', { fanoutGroup: 77 }), open('afpacket', { fanoutGroup: 77 })];
  await send(sent);
  const shares = [];
  for (const { capture } of two) {
    shares.push((await read(capture, () => false, 300)).map(({ octets }) => octets));
    capture.close();
  }
  return { sent, shares };
}
