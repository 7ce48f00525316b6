import { describe, expect, it } from 'vitest';

import { W } from '../../../../src/flow/flow-record.js';
import { parseFlowFilter, passes } from '../../../../src/sensor/live/flow-filter.js';

interface Flow {
  readonly version?: number;
  readonly source: readonly number[];
  readonly destination: readonly number[];
  readonly ports?: readonly [number, number];
  readonly protocol?: number;
}

function record({ version = 4, source, destination, ports = [40_000, 53], protocol = 17 }: Flow): Int32Array {
  const words = new Int32Array(64);
  const r = 32;
  words.set(source, r + W.SourceAddress);
  words.set(destination, r + W.DestinationAddress);
  words[r + W.Ports] = (ports[0] << 16) | ports[1];
  words[r + W.Protocol] = protocol | (version << 8) | (7 << 16);
  return words;
}

const V4 = record({ source: [0x0a010203], destination: [0xc0a80001] });
const V6 = record({
  version: 6,
  source: [0x20010db8, 0, 0, 1],
  destination: [0xfe800000, 0, 0x12345678, 0x9abcdef0],
  protocol: 6,
});

describe.each([
  ['', true, true],
  ['protocol=udp', true, false],
  ['protocol=6', false, true],
  ['port=53', true, true],
  ['port=40000', true, true],
  ['port=54', false, false],
  ['address=10.1.2.3', true, false],
  ['address=192.168.0.1', true, false],
  ['address=10.1.2.4', false, false],
  ['address=10.0.0.0/8', true, false],
  ['address=10.128.0.0/9', false, false],
  ['address=0.0.0.0/0', true, false],
  ['address=2001:db8::1', false, true],
  ['address=fe80::1234:5678:9abc:def0', false, true],
  ['address=fe80::1234:0:0:0/72', false, true],
  ['address=2001:db8::/33', false, true],
  ['address=2001:db9::/32', false, false],
  ['address=10.0.0.0/8,port=53,protocol=udp', true, false],
  ['address=10.0.0.0/8 protocol=tcp', false, false],
])("filter '%s'", (text, v4, v6) => {
  it(`lets IPv4 ${v4 ? '' : 'not '}through, and IPv6 ${v6 ? '' : 'not'}`, () => {
    const filter = parseFlowFilter(text);
    expect([passes(filter, V4, 32), passes(filter, V6, 32)]).toEqual([v4, v6]);
  });
});

it.each([
  ['port', "'port': expected key=value"],
  ['port=65536', "port '65536': expected a whole number from 0 to 65535"],
  ['address=10.0.0.256', "address '10.0.0.256': expected an IPv4 or IPv6 address"],
  ['address=10.0.0.0/33', "prefix '33'"],
  ['protocol=nonsense', "protocol 'nonsense'"],
  ['host=1.2.3.4', 'expected address, port or protocol'],
])("refuses '%s'", (text, message) => {
  expect(() => parseFlowFilter(text)).toThrow(message);
});
