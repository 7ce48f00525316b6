import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import { RecordText } from '../../../../src/export/text/record-text.js';
import { CSV, JSON_LINES, type TextStyle } from '../../../../src/export/text/text-style.js';
import { Tunnel } from '../../../../src/decode/tunnel/tunnels.js';
import { anyFlow } from '../arbitrary-flows.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import {
  expectedElements,
  type ExpectedOptions,
  expectedText,
  expectedTunnelAddresses,
  type Values,
} from '../expected-records.js';

function text(
  style: TextStyle,
  blocks: readonly (readonly FlowDescription[])[],
  options: ExpectedOptions = {},
): { lines: string[]; records: number; pieces: number } {
  const pieces: Buffer[] = [];
  const table = flowFields({ time: options.time ?? 'ms', ingressInterface: options.interfaceInKey ?? false });
  const writer = new RecordText(table, options.uniflow ?? false, style, (octets, from, to) => {
    pieces.push(Buffer.from(octets.subarray(from, to)));
  });
  for (const flows of blocks) writer.write(closedRecords(flows));
  writer.finish();
  const all = Buffer.concat(pieces).toString('utf8');
  if (all !== '') expect(all.endsWith('\n')).toBe(true);
  return { lines: all.split('\n').slice(0, -1), records: writer.records, pieces: pieces.length };
}

/** Everything that JSON says of a flow. */
function expectedRecords(flow: FlowDescription, options: ExpectedOptions): Values[] {
  return expectedElements(flow, options).map((elements, half) => ({
    ...elements,
    ...expectedTunnelAddresses(flow, half === 1),
    ...expectedText(flow),
  }));
}

const anyOptions = fc.record({
  time: fc.constantFrom<'ms' | 'us' | 'ns'>('ms', 'us', 'ns'),
  uniflow: fc.boolean(),
  interfaceInKey: fc.boolean(),
});
const anyBlocks = fc.array(fc.array(anyFlow, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 });

describe('JSON lines', () => {
  it('have element names as keys, in the order of the table', () => {
    const flow: FlowDescription = { ...FLOW, protocol: 17, labels: [0x000101, 0x3e9201] };
    expect(text(JSON_LINES, [[flow]]).lines).toEqual([
      '{"flowStartMilliseconds":"2023-11-14T22:13:20.123Z","flowEndMilliseconds":"2023-11-14T22:14:20.000Z",' +
        '"sourceIPv4Address":"192.0.2.1","destinationIPv4Address":"198.51.100.200",' +
        '"sourceTransportPort":50000,"destinationTransportPort":443,"protocolIdentifier":17,' +
        '"packetDeltaCount":3,"octetDeltaCount":180,' +
        '"minimumIpTotalLength":40,"maximumIpTotalLength":1500,"minimumTTL":63,"maximumTTL":64,' +
        '"flowAttributes":1,"ipClassOfService":184,' +
        '"mplsTopLabelStackSection":"000101","mplsLabelStackSection2":"3e9201",' +
        '"flowEndReason":3,"flowId":1,"communityId":"1:mPb9m4UyO7MYvF3fesDZ96KNfMM=","mpls":[16,256288]}',
    ]);
  });

  it('give back every record that goes in, whatever it has', () => {
    fc.assert(
      fc.property(anyBlocks, anyOptions, (blocks, options) => {
        const { lines, records } = text(JSON_LINES, blocks, options);
        const expected = blocks.flat().flatMap((flow) => expectedRecords(flow, options));
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected);
        expect(records).toBe(expected.length);
      }),
      { numRuns: 300 },
    );
  });

  it('have no key twice', () => {
    fc.assert(
      fc.property(anyFlow, (flow) => {
        const keys = text(JSON_LINES, [[flow]]).lines[0].match(/"\w+":/g) ?? [];
        const ofRecord = keys.filter((key) => key !== '"kind":' && key !== '"id":');
        expect(new Set(ofRecord).size).toBe(ofRecord.length);
      }),
    );
  });

  it('show decapsulated layers from the outside in, with the addresses of the outermost', () => {
    const flow: FlowDescription = {
      ...FLOW,
      tunnel: {
        version: 6,
        source: [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 1],
        destination: [0x20, 1, 0xd, 0xb8, ...Array<number>(11).fill(0), 2],
        layers: [
          { kind: Tunnel.Gre, id: 0xffffffff },
          { kind: Tunnel.Vxlan, id: 5 },
        ],
      },
    };
    expect(JSON.parse(text(JSON_LINES, [[flow]]).lines[0])).toMatchObject({
      tunnelSourceIPv6Address: '2001:db8::1',
      tunnelDestinationIPv6Address: '2001:db8::2',
      tunnel: [
        { kind: 'gre', id: 4_294_967_295 },
        { kind: 'vxlan', id: 5 },
      ],
      greKey: 4_294_967_295,
      layer2SegmentId: '72057594037927941',
    });
  });

  it('are nothing at all without records', () => {
    expect(text(JSON_LINES, [[]]).lines).toEqual([]);
  });

  it('come in pieces of whole lines when there are many', () => {
    const block = Array.from({ length: 500 }, (_, n): FlowDescription => ({
      ...FLOW,
      reverse: REVERSE,
      firstNumber: n,
    }));
    const { lines, pieces } = text(JSON_LINES, [block, block, block]);
    expect(pieces).toBeGreaterThan(3);
    expect(lines.map((line) => (JSON.parse(line) as { flowId: number }).flowId)).toEqual(
      [block, block, block].flatMap((flows) => flows.map(({ firstNumber }) => firstNumber + 1)),
    );
  });
});

describe('CSV', () => {
  /** The lines as objects of what is not empty; lists back to what JSON has. */
  function rows([head, ...lines]: readonly string[]): Values[] {
    const names = head.split(',');
    return lines.map((line) => {
      const cells = line.split(',');
      expect(cells.length).toBe(names.length);
      return Object.fromEntries(names.map((name, n) => [name, cells[n]] as const).filter(([, cell]) => cell !== ''));
    });
  }

  function asCells(values: Values): Values {
    const { tunnel, mpls, ...others } = values as { tunnel?: { kind: string; id: number }[]; mpls?: number[] };
    const cells: Values = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, String(value)]));
    if (tunnel !== undefined) cells.tunnel = tunnel.map(({ kind, id }) => `${kind}:${id}`).join(';');
    if (mpls !== undefined) cells.mpls = mpls.join(';');
    return cells;
  }

  it('has a line of names, and in every line every column', () => {
    fc.assert(
      fc.property(anyBlocks, anyOptions, (blocks, options) => {
        const { lines } = text(CSV, blocks, options);
        const expected = blocks.flat().flatMap((flow) => expectedRecords(flow, options).map(asCells));
        expect(rows(lines)).toEqual(expected);
        expect(lines.join('')).not.toMatch(/["\r]/);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same columns whatever the records have, without those of reverse elements in uniflow mode', () => {
    const [head] = text(CSV, [[FLOW]]).lines;
    const names = head.split(',');
    expect(new Set(names).size).toBe(names.length);
    expect(text(CSV, [[{ ...FLOW, reverse: REVERSE, vlans: [1, 2] }]]).lines[0]).toBe(head);
    expect(names).toContain('reversePacketDeltaCount');
    const uniflow = text(CSV, [[FLOW]], { uniflow: true }).lines[0].split(',');
    expect(uniflow).toEqual(names.filter((name) => !name.startsWith('reverse')));
  });

  it('is the line of names when there are no records', () => {
    const { lines } = text(CSV, [[]]);
    expect(lines.length).toBe(1);
    expect(lines[0]).toMatch(/^flowStartMilliseconds,flowEndMilliseconds,/);
  });
});
