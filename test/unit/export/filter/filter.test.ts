import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileFilter } from '../../../../src/export/filter/filter-compiler.js';
import { holds } from '../../../../src/export/filter/filter-evaluation.js';
import { FilteredOutput } from '../../../../src/export/filter/filtered-output.js';
import { JSON_LINES } from '../../../../src/export/text/text-style.js';
import { RecordText } from '../../../../src/export/text/record-text.js';
import { SinkOutput } from '../../../../src/export/file/sink-output.js';
import { flowFields } from '../../../../src/export/fields/flow-fields.js';
import type { ClosedFlows } from '../../../../src/flow/closed-flows.js';
import { F, W } from '../../../../src/flow/flow-record.js';
import { parseJsonLines } from '../../../support/canonical.js';
import { MemorySink } from '../../../support/memory-sink.js';
import { anyFlow } from '../arbitrary-flows.js';
import { closedRecords, FLOW, type FlowDescription, REVERSE } from '../closed-records.js';
import { STATISTICS } from '../statistics.js';

/** Blocks as the flow cache makes them: a flow without reverse packets counts none. */
function records(flows: readonly FlowDescription[]): ClosedFlows {
  const closed = closedRecords(flows);
  flows.forEach(({ reverse }, row) => {
    if (reverse !== null) return;
    closed.words[row * closed.stride + W.ReversePackets] = 0;
    closed.floats[(row * closed.stride) / 2 + F.ReverseOctets] = 0;
  });
  return closed;
}

function isMatch(text: string, flow: FlowDescription): boolean {
  return holds(compileFilter(text), records([flow]), 0);
}

const IPV6: FlowDescription = {
  ...FLOW,
  version: 6,
  source: [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  destination: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1],
  protocol: 17,
  vlans: [7],
  interface: 3,
};

describe('a filter', () => {
  // FLOW: 192.0.2.1:50000 > 198.51.100.200:443, TCP, 3 packets, 180 octets, 59.876545 s, end of flow.
  it.each([
    ['tcp', true],
    ['udp', false],
    ['proto tcp and port 443', true],
    ['proto 6', true],
    ['ip', true],
    ['ip6', false],
    ['port 443', true],
    ['src port 443', false],
    ['dst port 443', true],
    ['src port 50000 and dst port 443', true],
    ['tcp port 443', true],
    ['tcp dst port 443', true],
    ['tcp src port 443', false],
    ['udp port 443', false],
    ['port 80 or 443', true],
    ['port 80 or 81 or not 443', false],
    ['tcp port 80 or 443', true],
    ['udp port 80 or 443', false],
    ['portrange 400-450', true],
    ['src portrange 400-450', false],
    ['host 192.0.2.1', true],
    ['192.0.2.1', true],
    ['src 192.0.2.1', true],
    ['dst 192.0.2.1', false],
    ['dst host 198.51.100.200', true],
    ['host 192.0.2.2 or 192.0.2.1', true],
    ['net 192.0.2.0/24', true],
    ['net 192.0.2.0/32', false],
    ['dst net 198.51.100.128/25', true],
    ['net 0.0.0.0/0', true],
    ['net ::/0', false],
    ['host ::c000:201', false],
    ['end-reason end', true],
    ['end-reason idle', false],
    ['packets > 2', true],
    ['packets>3', false],
    ['packets >= 3', true],
    ['packets = 3 and packets == 3 and packets != 4', true],
    ['packets < 10 or > 1', null],
    ['packets < 3', false],
    ['packets <= 3', true],
    ['reverse-packets = 0', true],
    ['octets >= 180 and octets < 1K', true],
    ['duration > 59.8s', true],
    ['duration > 1m', false],
    ['vlan', false],
    ['not vlan', true],
    ['interface 0', null],
    ['interface = 0', true],
    ['not udp and not (port 80 or port 22)', true],
    ['!(tcp && port 443)', false],
    ['udp || tcp', true],
    // Equal precedence, from left to right: (tcp or udp) and port 80.
    ['tcp or udp and port 80', false],
    ['tcp or (udp and port 80)', true],
    ['TCP AND Port 443', true],
    ['icmp', false],
  ])('%s', (text, expected) => {
    if (expected === null) expect(() => compileFilter(text)).toThrow(RangeError);
    else expect(isMatch(text, FLOW)).toBe(expected);
  });

  it.each([
    ['ip6 and udp', true],
    ['host 2001:db8::1', true],
    ['net 2001:db8::/32', true],
    ['net 2001:db8:8000::/33', false],
    ['dst host ::ffff:192.0.2.1', true],
    ['host 192.0.2.1', false],
    ['net ::/0', true],
    ['vlan', true],
    ['vlan 7', true],
    ['vlan 8 or 7', true],
    ['vlan 8', false],
    ['interface = 3', true],
  ])('%s of IPv6', (text, expected) => {
    expect(isMatch(text, IPV6)).toBe(expected);
  });

  it('sees no ports in ICMP, where type and code stand', () => {
    const echo = { ...FLOW, protocol: 1, sourcePort: 0, destinationPort: 0x0800 };
    expect(isMatch('port 2048 or 0', echo)).toBe(false);
    expect(isMatch('icmp', echo)).toBe(true);
  });

  it('counts both directions', () => {
    const biflow = { ...FLOW, reverse: REVERSE };
    expect(isMatch('packets = 5 and octets = 3180 and forward-packets = 3 and reverse-octets = 3000', biflow)).toBe(
      true,
    );
  });

  it.each([
    ['', 'at the end: expected a test'],
    ['tpc', "at 'tpc' (character 1): expected a test, did you mean 'tcp'?: host, net"],
    ['tcp port', 'at the end: expected a value'],
    ['tcp udp', "at 'udp' (character 5): expected 'and', 'or' or the end"],
    ['(tcp', "at the end: expected ')'"],
    ['tcp)', "at ')' (character 4): expected 'and', 'or' or the end"],
    ['port 65536', 'expected a whole number from 0 to 65535'],
    ['portrange 1', 'expected two ports with a hyphen between'],
    ['proto tpc', 'expected one of icmp, igmp, ipip, tcp'],
    ['net 192.0.2.1', 'expected a network such as 192.0.2.0/24'],
    ['net 192.0.2.1/24', 'expected no bits of 192.0.2.1 behind the first 24'],
    ['net 192.0.2.0/33', 'expected a whole number from 0 to 32'],
    ['host example.com', 'expected an IPv4 or IPv6 address'],
    ['src tcp', "expected host, net, port, portrange or an address behind 'src'"],
    ['packets 3', 'expected one of = == != < <= > >= behind packets'],
    ['packets > many', 'expected a whole number'],
    ['octets > 1X', "'1x' is no size"],
    ['end-reason never', 'expected one of idle, active, end, forced, resources'],
    ['constructor', 'expected a test'],
    ['packets > 1 and toString', 'expected a test'],
    [`${'('.repeat(200)}tcp${')'.repeat(200)}`, 'nested deeper than 100'],
  ])('%j is wrong: %s', (text, message) => {
    expect(() => compileFilter(text)).toThrow(RangeError);
    expect(() => compileFilter(text)).toThrow(message);
  });
});

/** An expression with what it means. */
interface Meant {
  readonly text: string;
  readonly of: (flow: FlowDescription) => boolean;
}

function portsOf(flow: FlowDescription): number[] {
  return [1, 58].includes(flow.protocol) ? [] : [flow.sourcePort, flow.destinationPort];
}

function packetsOf({ forward, reverse }: FlowDescription): number {
  return forward.packets + (reverse?.packets ?? 0);
}

const addressText = (octets: readonly number[]): string =>
  octets.length === 4
    ? octets.join('.')
    : Array.from({ length: 8 }, (_, n) => ((octets[2 * n] << 8) | octets[2 * n + 1]).toString(16)).join(':');

const octets = (length: number): fc.Arbitrary<number[]> =>
  fc.array(fc.constantFrom(0, 0, 0xff, 0x80), { minLength: length, maxLength: length });

const networkTest: fc.Arbitrary<Meant> = fc
  .tuple(fc.constantFrom(4, 16).chain(octets), fc.integer({ min: 0, max: 128 }), fc.constantFrom('src', 'dst', ''))
  .map(([address, anyBits, end]) => {
    const bits = Math.min(anyBits, 8 * address.length);
    const digits = (list: readonly number[]): string =>
      list.map((octet) => octet.toString(2).padStart(8, '0')).join('');
    const prefix = digits(address).slice(0, bits);
    const network = address.map((octet, n) => octet & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * n))));
    const inside = (other: readonly number[]): boolean =>
      other.length === address.length && digits(other).startsWith(prefix);
    return {
      text: `${end} net ${addressText(network)}/${bits}`,
      of: ({ source, destination }) => (end !== 'dst' && inside(source)) || (end !== 'src' && inside(destination)),
    };
  });

const leaf = fc.oneof<fc.Arbitrary<Meant>[]>(
  networkTest,
  fc
    .constantFrom(1, 6, 17, 58)
    .map((number) => ({ text: `proto ${number}`, of: (flow: FlowDescription) => flow.protocol === number })),
  fc.integer({ min: 0, max: 65_535 }).map((port) => ({
    text: `portrange ${port}-65535`,
    of: (flow: FlowDescription) => portsOf(flow).some((each) => each >= port),
  })),
  fc.constantFrom(4, 6).map((version) => ({
    text: version === 4 ? 'ip' : 'ip6',
    of: (flow: FlowDescription) => flow.version === version,
  })),
  fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '=', '!='), fc.integer({ min: 0, max: 40 })).map(([sign, n]) => ({
    text: `packets ${sign} ${n}`,
    of: (flow: FlowDescription) => {
      const packets = packetsOf(flow);
      return {
        '<': packets < n,
        '<=': packets <= n,
        '>': packets > n,
        '>=': packets >= n,
        '=': packets === n,
        '!=': packets !== n,
      }[sign];
    },
  })),
  fc.constantFrom('idle', 'active', 'end', 'forced', 'resources').map((reason) => ({
    text: `end-reason ${reason}`,
    of: (flow: FlowDescription) =>
      flow.endReason === ['', 'idle', 'active', 'end', 'forced', 'resources'].indexOf(reason),
  })),
  fc.constant<Meant>({ text: 'vlan', of: ({ vlans }) => vlans !== null }),
  fc.constant<Meant>({ text: 'duration >= 1s', of: ({ end, forward }) => end.us - forward.start.us >= 1_000_000 }),
);

const anyFilter: fc.Arbitrary<Meant> = fc.letrec<{ filter: Meant }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('filter').map(({ text, of }) => ({ text: `not (${text})`, of: (flow: FlowDescription) => !of(flow) })),
    fc.tuple(tie('filter'), tie('filter'), fc.constantFrom('and', 'or')).map(([left, right, word]) => ({
      text: `(${left.text}) ${word} (${right.text})`,
      of: (flow: FlowDescription) =>
        word === 'and' ? left.of(flow) && right.of(flow) : left.of(flow) || right.of(flow),
    })),
  ),
})).filter;

it('any filter holds for the flows that it means', () => {
  fc.assert(
    fc.property(anyFilter, fc.array(anyFlow, { minLength: 1, maxLength: 8 }), (filter, flows) => {
      const program = compileFilter(filter.text);
      const closed = records(flows);
      expect(flows.map((_, row) => holds(program, closed, row))).toEqual(flows.map(filter.of));
    }),
    { numRuns: 500 },
  );
});

it.each([false, true])('an output with a filter counts what it leaves out, uniflow: %s', async (isUniflow) => {
  const sink = new MemorySink();
  const inner = new SinkOutput(
    'x',
    (write) => new RecordText(flowFields(), isUniflow, JSON_LINES, write),
    sink,
    isUniflow,
  );
  const output = new FilteredOutput(inner, compileFilter('port 443'), isUniflow);
  const other = { ...FLOW, destinationPort: 80, reverse: REVERSE };
  output.write(records([FLOW, other, FLOW]));
  output.write(records([other]));
  await output.finish(STATISTICS);
  const filtered = isUniflow ? 4 : 2;
  expect(output.counts()).toMatchObject({ offered: 2 + filtered, exported: 2, filtered, queuedRecords: 0 });
  expect(parseJsonLines(sink.octets.toString()).map((record) => record.destinationTransportPort)).toEqual([443, 443]);
});
