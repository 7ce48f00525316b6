import fc from 'fast-check';

import { type MeterOptions, type Packet, PACKET } from '../support/traffic.js';

const TICK_NS = 262_144_000n;
const SECOND_NS = 1_000_000_000n;

/** How far the time moves to the next packet: from the packet `back` before it, by a few of the steps that matter. */
interface Step {
  readonly back: number;
  readonly kind: 'same' | 'small' | 'idle' | 'active' | 'tick' | 'long' | 'back';
  readonly fine: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(6) }),
  kind: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom<Step['kind']>('same', 'small', 'small', 'small') },
    { weight: 2, arbitrary: fc.constantFrom<Step['kind']>('idle', 'tick', 'back') },
    { weight: 1, arbitrary: fc.constantFrom<Step['kind']>('idle', 'active', 'active', 'long') },
  ),
  fine: fc.oneof(fc.constantFrom(0, 0, 1, -1, 1000, -1000), fc.integer({ min: -3_000_000, max: 3_000_000 })),
});

function moved(from: bigint, { kind, fine }: Step, { idleUs, activeUs }: MeterOptions): bigint {
  const small = BigInt(Math.abs(fine));
  switch (kind) {
    case 'same':
      return from;
    case 'small':
      return from + (BigInt(idleUs) * small) / 20_000n + (small % 3n);
    case 'idle':
      return from + BigInt(idleUs) * 1000n + BigInt(fine);
    case 'active':
      return from + BigInt(activeUs) * 1000n + BigInt(fine);
    case 'tick':
      return (from / TICK_NS + 1n) * TICK_NS + BigInt(fine);
    case 'long':
      return from + 300n * SECOND_NS + small * 1_000_000n;
    case 'back':
      return from - small * 1000n;
  }
}

const port = fc.constantFrom(80, 1000, 1001);
const host = fc.constantFrom(1, 2, 2, 3);

const tcp = fc.record({
  flags: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(0x02, 0x12, 0x10, 0x10, 0x18, 0x18, 0x11, 0x11, 0x01, 0x04) },
    fc.nat(0xfff),
  ),
  sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
});

/** A packet without time. */
const packet: fc.Arbitrary<Packet> = fc
  .record({
    version: fc.constantFrom<4 | 6>(4, 4, 6),
    source: host,
    destination: host,
    sourcePort: port,
    destinationPort: port,
    protocol: fc.constantFrom(6, 6, 6, 17, 17, 1, 132, 89),
    vlans: fc.oneof(
      { weight: 6, arbitrary: fc.constant<number[]>([]) },
      { weight: 2, arbitrary: fc.array(fc.constantFrom(0, 5), { minLength: 1, maxLength: 1 }) },
      fc.array(fc.constantFrom(0, 5), { minLength: 1, maxLength: 5 }),
    ),
    vxlan: fc.constantFrom(0, 0, 0, 0, 0, 0, 7, 8),
    tcp,
    ttl: fc.constantFrom(1, 63, 64, 255),
    tos: fc.constantFrom(0, 0x2e, 0xff),
    payload: fc.oneof(fc.constantFrom(0, 0, 20, 1000), fc.nat(60_000)),
    snap: fc.oneof({ weight: 6, arbitrary: fc.constant(40) }, { weight: 1, arbitrary: fc.nat(20) }),
    fragment: fc.oneof(
      { weight: 7, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.record({ identification: fc.constantFrom(1, 2, 0xffff), first: fc.boolean() }) },
    ),
    ignored: fc.constantFrom(...new Array<boolean>(15).fill(false), true),
  })
  .map(({ tcp: { flags, sequence }, protocol, ...rest }) => {
    const icmp = rest.version === 6 && protocol === 1 ? 58 : protocol;
    return { ...PACKET, ...rest, protocol: icmp, ...(protocol === 6 ? { flags, sequence } : {}) };
  });

/** Packets that mostly repeat a few kinds, so that many of them meet in one flow. */
const packets = (maxLength: number): fc.Arbitrary<{ packet: Packet; turned: boolean; step: Step }[]> =>
  fc
    .tuple(
      fc.array(packet, { minLength: 1, maxLength: 4 }),
      fc.array(fc.record({ kind: fc.nat(12), turned: fc.boolean(), packet, tcp, step }), {
        minLength: 1,
        maxLength,
        size: 'max',
      }),
    )
    .map(([kinds, list]) =>
      list.map(({ kind, turned, packet: other, tcp: { flags, sequence }, step: move }) => {
        const chosen = kind === 12 ? other : kinds[kind % kinds.length];
        return { packet: chosen.protocol === 6 ? { ...chosen, flags, sequence } : chosen, turned, step: move };
      }),
    );

function turn(p: Packet): Packet {
  const ends = { source: p.destination, destination: p.source };
  return p.protocol === 1 || p.protocol === 58
    ? { ...p, ...ends }
    : { ...p, ...ends, sourcePort: p.destinationPort, destinationPort: p.sourcePort };
}

export const timeouts = fc.record({
  idleUs: fc.constantFrom(0, 1_000, 200_000, 262_144, 1_000_000, 30_000_000, 300_000_000),
  activeUs: fc.constantFrom(1_000, 500_000, 2_000_000, 60_000_000, 1_800_000_000),
});

export interface Traffic {
  readonly options: MeterOptions;
  readonly packets: readonly Packet[];
}

/** Traffic of a few hosts with every kind of time step, forwards and backwards. */
export const traffic = ({
  maxLength = 120,
  options = timeouts,
  forwards = false,
}: { maxLength?: number; options?: fc.Arbitrary<MeterOptions>; forwards?: boolean } = {}): fc.Arbitrary<Traffic> =>
  fc
    .record({
      options,
      startUs: fc.constantFrom(0, 262_143, 1_700_000_000_000_000, 2 ** 52),
      nanoseconds: fc.boolean(),
      list: packets(maxLength),
    })
    .map(({ options: chosen, startUs, nanoseconds, list }) => {
      const times: bigint[] = [BigInt(startUs) * 1000n];
      const result = list.map(({ packet: p, turned, step: move }, i) => {
        let time = moved(times[Math.max(0, i - move.back)], move, chosen);
        if (time < 0n) time = 0n;
        if (forwards && time < times[i]) time = times[i];
        // Without nanoseconds their ±1 becomes ±1 µs.
        if (!nanoseconds) time = ((time + 999n) / 1000n) * 1000n;
        times.push(time);
        return { ...(turned ? turn(p) : p), timeUs: Number(time / 1000n), timeNs: Number(time % 1000n) };
      });
      return { options: chosen, packets: result };
    });

/** Lengths of batches, repeated to the end. */
export const split = fc.oneof(
  fc.constant([256]),
  fc.constant([1]),
  fc.array(fc.integer({ min: 1, max: 256 }), { minLength: 1, maxLength: 4 }),
  fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 9 }),
);
