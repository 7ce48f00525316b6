import { DpiBound } from './dpi-settings.js';
import { Slot, Stream } from './flow-state.js';
import type { FlowInspection } from './flow-inspection.js';
import { Transport, Verdict } from './protocol.js';
import { REGISTRY } from './registry.js';

const FIRST_OCTETS = 256;

/**
 * Asks the protocols whether octets are theirs. Those that can begin with the first octet are candidates; the one
 * registered for a port of the packet is asked first, and none is believed for its port.
 */
export class Classifier {
  /** Recognisers that were called. */
  asked = 0;

  constructor(private readonly view: FlowInspection) {}

  /**
   * Shows the start of a TCP direction, whose words begin at `d`. Answers the protocol's number, or -1; then the direction's
   * bits say who wants more, and the slot who finds it likely.
   * @param isFirst the first octets of this start, else more of the same
   */
  stream(octets: Uint8Array, from: number, to: number, d: number, isFirst: boolean): number {
    const { words } = this.view;
    const ahead = this.portProtocol(0);
    let asked = -1;
    if (isFirst) {
      for (let n = 0; n < Stream.AliveWords; n++) words[d + Stream.Alive + n] = 0;
      const { starts, lists } = REGISTRY;
      const end = starts[octets[from] + 1];
      for (let n = starts[octets[from]]; n < end && ahead >= 0; n++) {
        if (lists[n] !== ahead) continue;
        if (this.ask(ahead, octets, from, to, d)) return ahead;
        asked = ahead;
      }
      for (let n = starts[octets[from]]; n < end; n++) {
        if (lists[n] !== asked && this.ask(lists[n], octets, from, to, d)) return lists[n];
      }
      return -1;
    }
    for (let w = 0; w < Stream.AliveWords; w++) {
      for (let bits = words[d + Stream.Alive + w]; bits !== 0; bits &= bits - 1) {
        const number = 32 * w + 31 - Math.clz32(bits & -bits);
        if (this.ask(number, octets, from, to, d)) return number;
      }
    }
    return -1;
  }

  /** Shows a datagram. Answers the protocol's number, -1 when none matches, -2 when some want to see another datagram. */
  datagram(octets: Uint8Array, from: number, to: number): number {
    const { starts, lists, ports } = REGISTRY;
    const { sourcePort, destinationPort } = this.view;
    const base = FIRST_OCTETS + 1 + octets[from];
    const ahead = this.portProtocol(1);
    const ofSource = ports[1][sourcePort] - 1;
    const ofDestination = ports[1][destinationPort] - 1;
    let answer = -1;
    for (let n = starts[base], end = starts[base + 1], first = true; n < end; n++) {
      if (first && ahead >= 0) {
        // The candidate of the port goes first; its own turn in the list is left out below.
        first = false;
        let isCandidate = false;
        for (let m = n; m < end && !isCandidate; m++) isCandidate = lists[m] === ahead;
        if (isCandidate) {
          const verdict = this.verdict(ahead, octets, from, to);
          if (verdict === Verdict.Match) return ahead;
          if (verdict === Verdict.NeedMore) answer = -2;
        }
      }
      const number = lists[n];
      if (number === ahead) continue;
      if (number !== ofSource && number !== ofDestination && !hasMark(number, octets, from, to)) continue;
      const verdict = this.verdict(number, octets, from, to);
      if (verdict === Verdict.Match) return number;
      if (verdict === Verdict.NeedMore) answer = -2;
    }
    return answer;
  }

  /** Whether any candidate of the direction wants more. */
  isAlive(d: number): boolean {
    const { words } = this.view;
    let bits = 0;
    for (let n = 0; n < Stream.AliveWords; n++) bits |= words[d + Stream.Alive + n];
    return bits !== 0;
  }

  /** Number of the protocol registered for a port of the packet, the lower port first; -1 without. */
  portProtocol(transport: 0 | 1): number {
    const { sourcePort, destinationPort } = this.view;
    const table = REGISTRY.ports[transport];
    const low = table[Math.min(sourcePort, destinationPort)];
    return (low !== 0 ? low : table[Math.max(sourcePort, destinationPort)]) - 1;
  }

  /** True when protocol `number` matches; notes when it wants more. */
  private ask(number: number, octets: Uint8Array, from: number, to: number, d: number): boolean {
    const { words } = this.view;
    const verdict = this.verdict(number, octets, from, to);
    if (verdict === Verdict.Match) return true;
    const bit = 1 << (number & 31);
    if (verdict === Verdict.NeedMore && !this.view.isLast) words[d + Stream.Alive + (number >>> 5)] |= bit;
    else words[d + Stream.Alive + (number >>> 5)] &= ~bit;
    return false;
  }

  private verdict(number: number, octets: Uint8Array, from: number, to: number): Verdict {
    const { view } = this;
    const { protocol, memory } = REGISTRY.all[number];
    if (to - from < (protocol.least ?? 1)) {
      return view.transport === Transport.Udp || to - from > DpiBound.RecognitionOctets
        ? Verdict.NoMatch
        : Verdict.NeedMore;
    }
    view.memory = view.slot + memory;
    this.asked++;
    const verdict = protocol.recognise(octets, from, to, view);
    if (verdict === Verdict.Likely && view.words[view.slot + Slot.Likely] === 0) {
      view.words[view.slot + Slot.Likely] = number + 1;
    }
    return verdict;
  }
}

/** Whether a datagram has the mark of a protocol, or is too short to tell. */
function hasMark(number: number, octets: Uint8Array, from: number, to: number): boolean {
  const { marks } = REGISTRY;
  const at = from + marks[3 * number];
  const mask = marks[3 * number + 1];
  const value = marks[3 * number + 2];
  if (mask === 0) return value === 0;
  if (at + 4 > to) return true;
  return (((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) & mask) === value;
}
