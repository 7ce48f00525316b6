import { Ancillary, encodeProgram, type Instruction, Op } from './bpf.js';

/**
 * The program by which the kernel spreads packets over the captures of a fanout group: a hash of the exclusive or of source
 * and destination address. So both directions of a conversation reach the same capture, and all fragments of a datagram,
 * which the kernel's own hash over ports tears apart. The address pair of the outermost IP header counts, behind up to two
 * VLAN tags; what is not IP goes to the first capture.
 */
export function fanoutProgram(): Uint8Array {
  const net = Ancillary.networkHeader;
  const v4 = IPV4.map((offset) => net + offset);
  const v6 = IPV6.map((offset) => net + offset);
  // X is the offset of the IP header from what the kernel takes for the network header: 0, or behind tags.
  return assemble([
    { code: Op.LoadX, k: 0 },
    { code: Op.LoadHalf, k: Ancillary.protocol },
    ...behindTag('first'),
    ...behindTag('second'),
    { code: Op.JumpEqual, k: ETHERTYPE_IPV4, ifFalse: 'v6' },
    { code: Op.LoadWordAtX, k: v4[0] },
    { code: Op.Store, k: 0 },
    { code: Op.LoadWordAtX, k: v4[1] },
    { code: Op.Jump, to: 'fold' },
    { label: 'v6', code: Op.JumpEqual, k: ETHERTYPE_IPV6, ifFalse: 'other' },
    { code: Op.LoadWordAtX, k: v6[0] },
    { code: Op.Store, k: 0 },
    ...v6.slice(1, -1).flatMap((k) => xorInto0(k)),
    { code: Op.LoadWordAtX, k: v6[v6.length - 1] },
    { label: 'fold', code: Op.LoadXFrom, k: 0 },
    { code: Op.XorX },
    { code: Op.Multiply, k: 0x9e37_79b1 },
    { code: Op.ShiftRight, k: 16 },
    { code: Op.ReturnAccumulator },
    { label: 'other', code: Op.Return, k: 0 },
  ]);
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_PROVIDER_VLAN = 0x88a8;
/** Words of both addresses. */
const IPV4 = [12, 16];
const IPV6 = [8, 12, 16, 20, 24, 28, 32, 36];

interface Line {
  readonly code: number;
  readonly k?: number;
  readonly label?: string;
  /** For `JumpEqual`: where to go on when it does not hold, or when it does; the next line else. */
  readonly ifFalse?: string;
  readonly ifTrue?: string;
  /** For `Jump`. */
  readonly to?: string;
}

/** Accumulator: the EtherType. A tag's takes X behind it, and the EtherType there into the accumulator. */
function behindTag(label: string): Line[] {
  return [
    { code: Op.JumpEqual, k: ETHERTYPE_VLAN, ifTrue: `${label} tag` },
    { code: Op.JumpEqual, k: ETHERTYPE_PROVIDER_VLAN, ifFalse: `${label} none` },
    // A tag is two octets of control information and the EtherType of what follows: X + 2, then X + 4.
    { label: `${label} tag`, code: Op.LoadHalfAtX, k: Ancillary.networkHeader + 2 },
    { code: Op.Store, k: 1 },
    { code: Op.XToAccumulator },
    { code: Op.Add, k: 4 },
    { code: Op.AccumulatorToX },
    { code: Op.Load, k: 1 },
    { label: `${label} none`, code: Op.Or, k: 0 },
  ];
}

/** Exclusive or of the word at X + k into memory word 0; X is kept in word 2. */
function xorInto0(k: number): Line[] {
  return [
    { code: Op.LoadWordAtX, k },
    { code: Op.StoreX, k: 2 },
    { code: Op.LoadXFrom, k: 0 },
    { code: Op.XorX },
    { code: Op.Store, k: 0 },
    { code: Op.LoadXFrom, k: 2 },
  ];
}

function assemble(lines: readonly Line[]): Uint8Array {
  const distance = (from: number, label: string | undefined): number =>
    label === undefined ? 0 : lines.findIndex((line) => line.label === label) - from - 1;
  return encodeProgram(
    lines.map((line, i): Instruction => ({
      code: line.code,
      k: line.to === undefined ? (line.k ?? 0) : distance(i, line.to),
      jumpTrue: distance(i, line.ifTrue),
      jumpFalse: distance(i, line.ifFalse),
    })),
  );
}
