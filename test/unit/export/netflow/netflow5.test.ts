import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { Netflow5Encoder } from '../../../../src/export/netflow/netflow5-encoder.js';
import type { NetflowOptions } from '../../../../src/export/netflow/netflow9-messages.js';
import { type Netflow5Record, readNetflow5 } from '../../../support/netflow-reader.js';
import { closedRecords, DIRECTION, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { expectedElements, type Values } from '../expected-records.js';
import { anyTimedFlow, collecting, type SentMessage } from '../netflow-flows.js';

const NOW_MS = 1_700_000_100_250;
const MOST = 4_294_967_295;
const MESSAGE_OCTETS = 1400;

function write(
  blocks: readonly (readonly FlowDescription[])[],
  options: NetflowOptions = {},
  table = flowFields({ ingressInterface: true }),
): { encoder: Netflow5Encoder; messages: SentMessage[] } {
  const written = collecting((sink) => new Netflow5Encoder(table, { clock: () => NOW_MS, ...options }, sink));
  for (const flows of blocks) written.encoder.write(closedRecords(flows));
  written.encoder.flush();
  return written;
}

/** Every record with its times in ms since 1970. */
function read(messages: readonly SentMessage[]): Netflow5Record[] {
  return messages.flatMap(({ octets }) => {
    const { header, nanoseconds, sampling, records } = readNetflow5(octets);
    expect([nanoseconds, sampling]).toEqual([0, 0]);
    const epochMs = header.seconds * 1000 - header.uptimeMs;
    for (const { last } of records) expect(last).toBeLessThanOrEqual(header.uptimeMs);
    return records.map((record) => ({ ...record, first: epochMs + record.first, last: epochMs + record.last }));
  });
}

function expectedRecord(values: Values, input: number): Netflow5Record {
  return {
    source: String(values.sourceIPv4Address),
    destination: String(values.destinationIPv4Address),
    input,
    packets: Number(values.packetDeltaCount),
    octets: Number(values.octetDeltaCount),
    first: Date.parse(String(values.flowStartMilliseconds)),
    last: Date.parse(String(values.flowEndMilliseconds)),
    sourcePort: Number(values.sourceTransportPort),
    destinationPort: Number(values.destinationTransportPort),
    flags: Number(values.tcpControlBits ?? 0) & 0xff,
    protocol: Number(values.protocolIdentifier),
    service: Number(values.ipClassOfService),
  };
}

describe('NetFlow v5', () => {
  it('is, octet for octet, what its collectors read', () => {
    const { messages } = write([[FLOW]], { observationDomainId: 0x1234_0203 });
    expect(messages.map(({ octets }) => octets.toString('hex'))).toEqual([
      // Version, count, sysUptime, seconds and nanoseconds, sequence, engine type 2 and id 3, no sampling.
      '00050001' +
        '05265fe8' +
        '6553f165' +
        '00000000' +
        '00000000' +
        '02030000' +
        // Addresses and next hop, interfaces, packets, octets, first, last.
        'c0000201c63364c800000000' +
        '00010000' +
        '00000003' +
        '000000b4' +
        '0524d5db' +
        '0525bfc0' +
        // Ports, flags, protocol, ToS; AS and masks.
        'c35001bb' +
        '001b06b8' +
        '0000000000000000',
    ]);
  });

  it('tells no interface that is not part of the key', () => {
    const { messages } = write([[{ ...FLOW, interface: 4 }]], {}, flowFields());
    expect(read(messages).map(({ input }) => input)).toEqual([0]);
  });

  it('says of IPv4 flows what it has fields for, biflows as two records, and counts the others', () => {
    const small = anyTimedFlow.filter(({ forward, reverse }) => Math.max(forward.octets, reverse?.octets ?? 0) <= MOST);
    fc.assert(
      fc.property(fc.array(fc.array(small, { maxLength: 8 }), { maxLength: 4 }), (blocks) => {
        const { encoder, messages } = write(blocks);
        const flows = blocks.flat();
        const expected = flows
          .filter(({ version }) => version === 4)
          .flatMap((flow) =>
            expectedElements(flow, { uniflow: true }).map((each) => expectedRecord(each, flow.interface + 1)),
          );
        expect(read(messages)).toEqual(expected);
        expect(encoder.records).toBe(expected.length);
        expect(encoder.records + encoder.unsupported).toBe(
          flows.reduce((sum, { reverse }) => sum + (reverse === null ? 1 : 2), 0),
        );
        expect(encoder.extra).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('has at most 30 records in a message, fewer where they do not fit, and counts records', () => {
    for (const [maxMessageOctets, most] of [
      [1400, 28],
      [1500, 30],
      [9000, 30],
      [512, 10],
    ] as const) {
      const { messages } = write([Array.from({ length: 100 }, () => FLOW)], { maxMessageOctets });
      const counts = messages.map(({ octets }) => readNetflow5(octets).header.count);
      expect(counts.slice(0, -1).every((count) => count === most)).toBe(true);
      expect(messages.map(({ records }) => records)).toEqual(counts);
      const sequences = messages.map(({ octets }) => readNetflow5(octets).header.sequence);
      expect(sequences).toEqual(messages.map((_, n) => n * most));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(100);
    }
    expect(() => write([], { maxMessageOctets: 71 })).toThrow('maxMessageOctets 71');
    expect(write([[FLOW]], { maxMessageOctets: MESSAGE_OCTETS }).messages.length).toBe(1);
  });

  it('has several records for a flow whose octets do not fit, with the right sums', () => {
    const octets = 2 * MOST + 1000;
    const { encoder, messages } = write([
      [
        { ...FLOW, forward: { ...DIRECTION, packets: 10, octets: MOST } },
        { ...FLOW, forward: { ...DIRECTION, packets: 10_000_001, octets }, reverse: { ...REVERSE, octets: MOST + 1 } },
      ],
    ]);
    const records = read(messages);
    expect(records.map((record) => record.octets)).toEqual([MOST, MOST, MOST, 1000, MOST, 1]);
    expect(records.slice(1, 4).reduce((sum, { packets }) => sum + packets, 0)).toBe(10_000_001);
    expect(records.every(({ packets }) => packets > 0)).toBe(true);
    expect([encoder.records, encoder.extra]).toEqual([6, 3]);
  });

  it('has no Templates and no options', () => {
    const { encoder, messages } = write([]);
    encoder.announce();
    encoder.options();
    expect(messages).toEqual([]);
  });
});
