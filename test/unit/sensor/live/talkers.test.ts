import { expect, it } from 'vitest';

import { DecodedBatch, Fact, Size } from '../../../../src/decode/decoded-batch.js';
import { applicationNamed } from '../../../../src/sensor/exported-applications.js';
import { addressText, applicationText, serviceText } from '../../../../src/sensor/live/key-text.js';
import { APPLICATION_ENGINE } from '../../../../src/dpi/flow-state.js';
import { REGISTRY } from '../../../../src/dpi/registry.js';
import { Talkers } from '../../../../src/sensor/live/talkers.js';

interface Row {
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly ports?: readonly [number, number];
  readonly protocol?: number;
  readonly octets: number;
  readonly reverse?: boolean;
}

function batchOf(rows: readonly Row[]): DecodedBatch {
  const batch = new DecodedBatch(rows.length);
  rows.forEach(({ source, destination, ports = [1, 53], protocol = 17, octets, reverse = false }, k) => {
    const at = k << Size.KeyShift;
    // IPv4 leaves the other words as they were.
    batch.key.fill(0x5a5a, at, at + Size.KeyWords);
    batch.key.set(source, at);
    batch.key.set(destination, at + 4);
    batch.key[at + 8] = (ports[0] << 16) | ports[1];
    batch.key[at + 9] = protocol | ((source.length === 4 ? 6 : 4) << 8);
    batch.lengthTtl[k] = octets | (64 << 24);
    batch.flow[k] = 2 + Number(reverse);
    batch.facts[k] = protocol === 1 ? Fact.Icmp : 0;
  });
  batch.count = rows.length;
  return batch;
}

const A = [0x0a000001];
const B = [0xc0a80102];
const C = [0x20010db8, 0, 0, 1];
const D = [0x20010db8, 0, 0, 2];

it('counts octets and packets by address and by service, the most first, and begins anew', () => {
  const talkers = new Talkers(null);
  talkers.add(
    batchOf([
      { source: A, destination: B, octets: 100 },
      { source: B, destination: A, ports: [53, 1], octets: 400, reverse: true },
      { source: C, destination: D, protocol: 6, ports: [9, 443], octets: 1_000 },
      { source: A, destination: B, protocol: 1, ports: [0, 2_048], octets: 84 },
    ]),
  );
  const taken = talkers.take(10);
  const { rows } = taken.talkers;
  expect(rows.map(({ octets }) => octets)).toEqual([1_000, 1_000, 584, 584]);
  expect(rows.map(({ key, octets, packets }) => [addressText(key), octets, packets]).sort()).toEqual([
    ['10.0.0.1', 584, 3],
    ['192.168.1.2', 584, 3],
    ['2001:db8::1', 1_000, 1],
    ['2001:db8::2', 1_000, 1],
  ]);
  expect(taken.services.rows.map(({ key, octets, packets }) => [serviceText(key), octets, packets])).toEqual([
    ['tcp/443', 1_000, 1],
    ['udp/53', 500, 2],
    ['icmp', 84, 1],
  ]);
  expect(talkers.take(10).talkers).toEqual({ rows: [], otherOctets: 0, keys: 0 });
});

it('has a bound on addresses, and counts what it has no room for', () => {
  const talkers = new Talkers(null);
  const rows = Array.from({ length: 256 }, (_, n) => n);
  let packets = 0;
  for (let block = 0; block < 64; block++, packets += rows.length) {
    talkers.add(batchOf(rows.map((n) => ({ source: [block * 256 + n], destination: A, octets: 10 }))));
  }
  const { talkers: table } = talkers.take(10_000);
  expect(table.keys).toBe(5_120);
  const counted = table.rows.reduce((sum, { octets }) => sum + octets, 0);
  expect(counted + table.otherOctets).toBe(2 * 10 * packets);
});

it('counts by the labels of the flows that packets belong to', () => {
  const store = { extension: new Int32Array(18), extensionWords: 6 };
  const word = 5;
  const label = REGISTRY.all.find(({ protocol }) => protocol.name === 'dns')?.label ?? NaN;
  store.extension[6 + word] = APPLICATION_ENGINE | label;
  const talkers = new Talkers({ store, word });
  const batch = batchOf([
    { source: A, destination: B, octets: 100 },
    { source: B, destination: A, octets: 50, reverse: true },
    { source: A, destination: B, octets: 30 },
  ]);
  batch.flow[2] = 2 << 1;
  talkers.add(batch);
  const rows = talkers.take(10).applications?.rows ?? [];
  expect(rows.map(({ key, octets, packets }) => [applicationText(key, applicationNamed), octets, packets])).toEqual([
    ['dns', 150, 2],
    ['no label', 30, 1],
  ]);
  expect(talkers.take(10).applications?.rows).toEqual([]);
  expect(applicationText([65_535], applicationNamed)).toBe('label 65535');
});
