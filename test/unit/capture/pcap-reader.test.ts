import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { createWindow, MAX_PACKET_OCTETS } from '../../../src/capture/capture-reader.js';
import { InterfaceTable } from '../../../src/capture/interface-table.js';
import { PacketBatch } from '../../../src/capture/packet-batch.js';
import { PcapReader } from '../../../src/capture/pcap-reader.js';
import { pcapVariant } from '../../../src/capture/pcap-records.js';
import {
  MICROSECOND_MAGIC,
  MODIFIED_MAGIC,
  NANOSECOND_MAGIC,
  type PcapRecord,
  payload,
  pcap,
} from './capture-builder.js';
import { hex, MemorySource, readAll, readOctets, readerOf } from './reading.js';

const HEADER_OCTETS = 24;

const records: PcapRecord[] = [
  { seconds: 1_700_000_000, subseconds: 123_456, data: payload(60, 1) },
  { seconds: 1_700_000_001, subseconds: 999_999, data: payload(54, 2), wire: 1514 },
  { seconds: 0, subseconds: 0, data: payload(0) },
  { seconds: 0xffff_ffff, subseconds: 1, data: payload(7, 3), wire: 7 },
];

describe('variants', () => {
  for (const littleEndian of [true, false]) {
    for (const magic of [MICROSECOND_MAGIC, NANOSECOND_MAGIC, MODIFIED_MAGIC]) {
      it(`${magic.toString(16)}, ${littleEndian ? 'little' : 'big'} endian`, async () => {
        const { packets, fault, oddTimestamps, interfaces } = await readOctets(pcap(records, { magic, littleEndian }));
        const unit = magic === NANOSECOND_MAGIC ? 1n : 1000n;
        expect(packets).toEqual(
          records.map(({ seconds, subseconds, data, wire = data.length }) => ({
            time: BigInt(seconds) * 1_000_000_000n + BigInt(subseconds) * unit,
            captured: data.length,
            wire,
            link: 1,
            interface: 0,
            data: hex(data),
          })),
        );
        expect(fault).toBeNull();
        expect(oddTimestamps).toBe(0);
        expect(interfaces.rows).toEqual([{ name: 'memory', linkType: 1, input: 'memory', id: 0 }]);
      });
    }
  }

  it('are told apart from other files', () => {
    expect(pcapVariant(Uint8Array.of(0x0a, 0x0d, 0x0d, 0x0a))).toBeNull();
    expect(pcapVariant(Uint8Array.of(0xd4, 0xc3, 0xb2))).toBeNull();
    expect(pcapVariant(Uint8Array.of(0xd4, 0xc3, 0xb2, 0xa1))?.littleEndian).toBe(true);
  });
});

describe('time stamps', () => {
  it('carry a sub-second field of a second or more into the seconds, and count it', async () => {
    const odd = [1_000_000, 2_500_000, 0xffff_ffff].map((subseconds) => ({
      seconds: 10,
      subseconds,
      data: payload(1),
    }));
    const micro = await readOctets(pcap(odd));
    expect(micro.packets.map(({ time }) => time)).toEqual([11_000_000_000n, 12_500_000_000n, 4_304_967_295_000n]);
    expect(micro.oddTimestamps).toBe(3);
    const nano = await readOctets(pcap(odd, { magic: NANOSECOND_MAGIC }));
    expect(nano.packets.map(({ time }) => time)).toEqual([10_001_000_000n, 10_002_500_000n, 14_294_967_295n]);
    expect(nano.oddTimestamps).toBe(1);
  });

  it('keep every nanosecond', async () => {
    const subseconds = [0, 1, 999, 1000, 1001, 123_456_789, 999_999_999];
    const capture = pcap(
      subseconds.map((value) => ({ seconds: 1_700_000_000, subseconds: value, data: payload(1) })),
      { magic: NANOSECOND_MAGIC },
    );
    const { packets } = await readOctets(capture);
    expect(packets.map(({ time }) => Number(time - 1_700_000_000_000_000_000n))).toEqual(subseconds);
  });
});

describe('lengths', () => {
  it.each([0, 1, 0xffff_ffff])('ignore a snap length of %i', async (snapLength) => {
    const { packets, fault } = await readOctets(pcap(records, { snapLength }));
    expect(packets).toHaveLength(records.length);
    expect(fault).toBeNull();
  });

  it('may be longer captured than on the wire', async () => {
    const { packets, fault } = await readOctets(pcap([{ seconds: 1, subseconds: 0, data: payload(90), wire: 20 }]));
    expect(packets[0]).toMatchObject({ captured: 90, wire: 20 });
    expect(fault).toBeNull();
  });

  it('reach up to the largest packet', async () => {
    const data = payload(MAX_PACKET_OCTETS, 5);
    const largest = { seconds: 1, subseconds: 0, data };
    const { packets, fault } = await readOctets(
      pcap([records[0], largest, largest, records[1]], { magic: MODIFIED_MAGIC }),
    );
    expect(packets.map(({ captured }) => captured)).toEqual([60, MAX_PACKET_OCTETS, MAX_PACKET_OCTETS, 54]);
    expect(packets[2].data).toBe(hex(data));
    expect(fault).toBeNull();
  });
});

describe('link type field', () => {
  /** Two pairs of octets of frame check sequence. */
  const linkField = (0x2400_0000 | 105) >>> 0;

  it('gives the link type without the other bits', async () => {
    const { packets, interfaces } = await readOctets(pcap(records, { linkField }));
    expect(packets.map(({ link }) => link)).toEqual([105, 105, 105, 105]);
    expect(interfaces.rows[0].linkType).toBe(105);
  });

  it.each([
    { captured: 64, wire: 64, left: [60, 60], why: 'all of it captured' },
    { captured: 62, wire: 64, left: [60, 60], why: 'half of it captured' },
    { captured: 60, wire: 64, left: [60, 60], why: 'none of it captured' },
    { captured: 54, wire: 64, left: [54, 60], why: 'cut before it' },
    { captured: 64, wire: 20, left: [60, 16], why: 'more captured than on the wire' },
    { captured: 3, wire: 3, left: [0, 0], why: 'shorter than it' },
  ])('takes the frame check sequence off: $why', async ({ captured, wire, left }) => {
    const capture = pcap([{ seconds: 1, subseconds: 0, data: payload(captured), wire }, records[0]], { linkField });
    const { packets } = await readOctets(capture);
    expect([packets[0].captured, packets[0].wire]).toEqual(left);
    expect(packets[1]).toMatchObject({ captured: 56, wire: 56 });
  });

  it('leaves packets alone when the flag is off', async () => {
    const { packets } = await readOctets(pcap(records, { linkField: 0x2000_0001 }));
    expect(packets[0]).toMatchObject({ captured: 60, wire: 60 });
  });
});

describe('damage', () => {
  it('ends the input at a record that claims more than a packet may have', async () => {
    const claimed = 4_325_376;
    const capture = pcap([records[0], { ...records[1], claimed }, records[3]]);
    const { packets, fault } = await readOctets(capture);
    expect(packets).toHaveLength(1);
    expect(fault).toEqual({
      input: 'memory',
      offset: HEADER_OCTETS + 16 + 60,
      message: 'the record claims 4325376 captured octets, at most 262144 were expected',
    });
  });

  it('cut at every octet: delivers what is whole and says where the cut record begins', async () => {
    const whole = pcap(records);
    const starts = [HEADER_OCTETS];
    for (const { data } of records) starts.push(starts.at(-1)! + 16 + data.length);
    for (let length = 4; length < whole.length; length++) {
      const { packets, fault } = await readOctets(whole.subarray(0, length));
      const complete = starts.filter((start) => start <= length).length - 1;
      expect(packets).toHaveLength(Math.max(0, complete));
      if (starts.includes(length)) expect(fault).toBeNull();
      else expect(fault?.offset).toBe(complete < 0 ? 0 : starts[complete]);
      if (fault !== null) expect(fault.message).toMatch(/is cut: the capture ends \d+ octets into it$/);
    }
  });

  it('of the source ends the input where its octets end', async () => {
    const whole = pcap(records.slice(0, 2));
    const atEnd = await readOctets(whole, { endsWith: 'read error: EIO' });
    expect(atEnd.packets).toHaveLength(2);
    expect(atEnd.fault).toEqual({ input: 'memory', offset: whole.length, message: 'read error: EIO' });
    const within = await readOctets(whole.subarray(0, whole.length - 3), { endsWith: 'read error: EIO' });
    expect(within.packets).toHaveLength(1);
    expect(within.fault).toEqual({ input: 'memory', offset: whole.length - 3, message: 'read error: EIO' });
  });
});

describe('reading ahead', () => {
  const recordOf = (octets: number): PcapRecord => ({ ...records[0], data: payload(octets, 1) });

  it.each([
    ['small', 200, true],
    ['large', 260, false],
  ])('is asked for where records are %s', async (_, octets, isAsked) => {
    const capture = pcap(Array.from({ length: 50 }, () => recordOf(octets)));
    const source = new MemorySource(capture, [2_000]);
    const variant = pcapVariant(capture) ?? expect.fail('no pcap');
    const reader = new PcapReader('memory', source, variant, new InterfaceTable(), { mayReadAhead: true });
    const { packets } = await readAll(reader, new InterfaceTable());
    expect(packets).toHaveLength(50);
    expect(source.readsAhead).toBe(isAsked);
  });
});

describe('the window', () => {
  it('serves one reader after the other, since nothing is written to it any more when one is closed', async () => {
    const window = createWindow();
    const octets = pcap(Array.from({ length: 50 }, () => records[0]));
    const source = new MemorySource(octets, [400]);
    const variant = pcapVariant(octets);
    if (variant === null) expect.fail('no pcap');
    const reader = new PcapReader('memory', source, variant, new InterfaceTable(), { window, mayReadAhead: true });
    const batch = new PacketBatch();
    while (!source.readsAhead) {
      expect(await reader.fill()).toBe(true);
      expect(reader.next(batch)).toBeGreaterThan(0);
    }
    const before = source.octetsRead;
    await reader.close();
    expect(source.octetsRead).toBeGreaterThan(before);
    window.fill(0x55);
    await setImmediate();
    expect(window.every((octet) => octet === 0x55)).toBe(true);
  });

  it.each([100, 1000])('keeps what was not taken when it is filled again too early, by %i octets', async (piece) => {
    const reader = readerOf(pcap(records), new InterfaceTable(), { pieces: [piece] });
    const batch = new PacketBatch(1);
    const lengths: number[] = [];
    while (await reader.fill()) {
      if (reader.next(batch) > 0) lengths.push(batch.captured[0]);
    }
    while (reader.next(batch) > 0) lengths.push(batch.captured[0]);
    expect(lengths).toEqual([60, 54, 0, 7]);
    expect(reader.fault).toBeNull();
  });
});
