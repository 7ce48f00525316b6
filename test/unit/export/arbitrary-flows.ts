import fc from 'fast-check';

import { Tunnel } from '../../../src/decode/tunnel/tunnels.js';
import type { Direction, FlowDescription } from './closed-records.js';

const octet = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const port = fc.integer({ min: 0, max: 65_535 });
const vlanId = fc.integer({ min: 0, max: 4095 });
/** Up to where a reader of NTP time takes it for a time before 1970: the clear top bit of the seconds says nothing more. */
const moment = fc.record({
  us: fc.oneof(fc.integer({ min: 0, max: 4_233_462_143_999_999 }), fc.constantFrom(0, 999, 1_000, 999_999, 1_000_000)),
  ns: fc.integer({ min: 0, max: 999 }),
});

function addresses(version: 4 | 6): fc.Arbitrary<number[]> {
  const octets = version === 4 ? 4 : 16;
  const any = fc.array(octet, { minLength: octets, maxLength: octets });
  const sparse = fc.array(fc.constantFrom(0, 0, 0, 0xff), { minLength: octets, maxLength: octets });
  const mapped = fc
    .array(octet, { minLength: 4, maxLength: 4 })
    .map((v4) => [...Array<number>(10).fill(0), 255, 255, ...v4]);
  return version === 4 ? fc.oneof(any, sparse) : fc.oneof(any, sparse, mapped);
}

const direction: fc.Arbitrary<Direction> = fc.record({
  start: moment,
  packets: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 0xffff_ffff })),
  octets: fc.oneof(fc.integer({ min: 0, max: 9999 }), fc.maxSafeInteger().map(Math.abs)),
  initialFlags: octet,
  unionFlags: octet,
  ae: fc.boolean(),
  sequence: word,
  smallest: fc.integer({ min: 0, max: 0xffffff }),
  largest: fc.integer({ min: 0, max: 0xffffff }),
  smallestTtl: octet,
  largestTtl: octet,
  attributes: fc.integer({ min: 0, max: 15 }),
  service: octet,
});

const mac = fc.array(octet, { minLength: 6, maxLength: 6 });
const vlans = fc.oneof(fc.tuple(vlanId), fc.tuple(vlanId, fc.integer({ min: 1, max: 4095 }))) as fc.Arbitrary<
  readonly [number] | readonly [number, number]
>;

/** Network ids have 24 bits, the others 32. */
const layer = fc.integer({ min: Tunnel.Ipip, max: Tunnel.Ip6ip6 }).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    id: [Tunnel.Vxlan, Tunnel.Nvgre, Tunnel.Geneve].includes(kind)
      ? fc.integer({ min: 0, max: 0xffffff })
      : fc.oneof(fc.constant(0), word),
  }),
);

const tunnel = fc.constantFrom<4 | 6>(4, 6).chain((version) =>
  fc.record({
    version: fc.constant(version),
    source: addresses(version),
    destination: addresses(version),
    layers: fc.array(layer, { minLength: 1, maxLength: 4 }),
  }),
);

/** Flows with everything that a record can have, in all combinations. */
export const anyFlow: fc.Arbitrary<FlowDescription> = fc.constantFrom<4 | 6>(4, 6).chain((version) =>
  fc.record({
    version: fc.constant(version),
    source: addresses(version),
    destination: addresses(version),
    sourcePort: port,
    destinationPort: port,
    protocol: fc.oneof(fc.constantFrom(1, 6, 17, 58, 132), octet),
    // Interfaces count from 0 here and from 1 in records.
    interface: fc.integer({ min: 0, max: 65_534 }),
    end: moment,
    forward: direction,
    reverse: fc.option(direction, { nil: null }),
    macs: fc.option(fc.tuple(mac, mac), { nil: null }),
    vlans: fc.option(vlans, { nil: null }),
    priorities: fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })),
    labels: fc.array(fc.integer({ min: 0, max: 0xffffff }), { maxLength: 3 }),
    tunnel: fc.option(tunnel, { nil: null, freq: 2 }),
    endReason: fc.integer({ min: 1, max: 5 }),
    firstNumber: fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 2 ** 52 })),
  }),
);
