import { ClosedW, type ClosedFlows } from '../../flow/closed-flows.js';
import { Present } from '../../flow/flow-field.js';
import { F, State, W } from '../../flow/flow-record.js';

/** Numbers of a flow that a filter compares. */
export const enum FilterField {
  /** 4 or 6. */
  Version,
  Protocol,
  /** -1 where the protocol has no ports. */
  SourcePort,
  DestinationPort,
  /** Innermost VLAN id, -1 without a tag. */
  Vlan,
  Interface,
  EndReason,
  ForwardPackets,
  ReversePackets,
  Packets,
  ForwardOctets,
  ReverseOctets,
  Octets,
  /** Between first and last packet, µs. */
  Duration,
}

export const enum Relation {
  Equal,
  NotEqual,
  Less,
  AtMost,
  Greater,
  AtLeast,
}

/** What one step tests. */
export const enum Test {
  /** A `FilterField` against a number. */
  Number,
  /** An address against a network. */
  Network,
}

/** Words of one step. */
export const enum Step {
  Kind = 0,
  /** Number: the field. Network: word of the address in the flow's key. */
  What = 1,
  /** Number: the relation. Network: IP version. */
  How = 2,
  /** Number: place in `numbers`. Network: place of four words and their masks in `networks`. */
  Operand = 3,
  /** The step to go on with, or an `Outcome`. */
  IfTrue = 4,
  IfFalse = 5,
  Words = 6,
}

export const enum Outcome {
  Reject = -1,
  Accept = -2,
}

/** A compiled filter: steps, of which each says where to go on, always farther behind. */
export interface FilterProgram {
  readonly steps: Int32Array;
  readonly numbers: Float64Array;
  readonly networks: Int32Array;
}

/** Whether the filter holds for a row of a block. */
export function holds({ steps, numbers, networks }: FilterProgram, closed: ClosedFlows, row: number): boolean {
  const { words, floats, stride } = closed;
  const r = row * stride;
  let step = 0;
  while (step >= 0) {
    const s = step * Step.Words;
    const operand = steps[s + Step.Operand];
    const isTrue =
      steps[s + Step.Kind] === Test.Number
        ? compare(fieldOf(words, floats, r, steps[s + Step.What]), steps[s + Step.How], numbers[operand])
        : isInside(words, r, steps[s + Step.What], steps[s + Step.How], networks, operand);
    step = steps[s + (isTrue ? Step.IfTrue : Step.IfFalse)];
  }
  return step === Outcome.Accept;
}

function compare(value: number, relation: number, other: number): boolean {
  switch (relation) {
    case Relation.Equal:
      return value === other;
    case Relation.NotEqual:
      return value !== other;
    case Relation.Less:
      return value < other;
    case Relation.AtMost:
      return value <= other;
    case Relation.Greater:
      return value > other;
    default:
      return value >= other;
  }
}

function isInside(
  words: Int32Array,
  r: number,
  address: number,
  version: number,
  networks: Int32Array,
  operand: number,
): boolean {
  if (fieldOfKey(words, r, FilterField.Version) !== version) return false;
  const count = version === 4 ? 1 : 4;
  for (let n = 0; n < count; n++) {
    if ((words[r + address + n] ^ networks[operand + n]) & networks[operand + 4 + n]) return false;
  }
  return true;
}

function fieldOf(words: Int32Array, floats: Float64Array, r: number, field: number): number {
  const f = r >> 1;
  switch (field) {
    case FilterField.ForwardPackets:
      return words[r + W.Packets] >>> 0;
    case FilterField.ReversePackets:
      return words[r + W.ReversePackets] >>> 0;
    case FilterField.Packets:
      return (words[r + W.Packets] >>> 0) + (words[r + W.ReversePackets] >>> 0);
    case FilterField.ForwardOctets:
      return floats[f + F.Octets];
    case FilterField.ReverseOctets:
      return floats[f + F.ReverseOctets];
    case FilterField.Octets:
      return floats[f + F.Octets] + floats[f + F.ReverseOctets];
    case FilterField.Duration:
      return floats[f + F.End] - floats[f + F.Start];
    default:
      return fieldOfKey(words, r, field);
  }
}

function fieldOfKey(words: Int32Array, r: number, field: number): number {
  switch (field) {
    case FilterField.Version:
      return (words[r + W.Protocol] >>> 8) & 0xf;
    case FilterField.Protocol:
      return words[r + W.Protocol] & 0xff;
    case FilterField.SourcePort:
      return words[r + ClosedW.Presence] & Present.Icmp ? -1 : words[r + W.Ports] >>> 16;
    case FilterField.DestinationPort:
      return words[r + ClosedW.Presence] & Present.Icmp ? -1 : words[r + W.Ports] & 0xffff;
    case FilterField.Vlan:
      return words[r + ClosedW.Presence] & Present.Vlan ? words[r + W.Vlan] & 0xfff : -1;
    case FilterField.Interface:
      return words[r + W.Protocol] >>> 16;
    default:
      return (words[r + W.State] >>> State.EndReasonShift) & 0xff;
  }
}
