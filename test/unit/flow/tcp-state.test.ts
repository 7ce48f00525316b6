import { describe, expect, it } from 'vitest';

import { State } from '../../../src/flow/flow-record.js';
import { nextTcpState } from '../../../src/flow/tcp-state.js';

const FIN = 1;
const SYN = 2;
const RST = 4;
const PSH = 8;
const ACK = 16;

/** A packet: `>` from the initiator, `<` from the responder, and its control bits. */
type Segment = readonly ['>' | '<', number];

/** After which packet the connection is over; -1 when it is not. */
function endOf(segments: readonly Segment[], state = 0): number {
  for (const [i, [direction, flags]] of segments.entries()) {
    state = nextTcpState(state, flags, direction === '>' ? 0 : 1);
    if (state < 0) return i;
  }
  return -1;
}

const over: Record<string, readonly Segment[]> = {
  'a reset of the initiator': [['>', RST]],
  'a reset of the responder with ACK': [
    ['>', SYN],
    ['<', RST | ACK],
  ],
  'a reset after one FIN': [
    ['>', FIN | ACK],
    ['<', ACK],
    ['<', RST],
  ],
  'FIN, ACK, FIN, ACK': [
    ['>', FIN | ACK],
    ['<', ACK],
    ['<', FIN | ACK],
    ['>', ACK],
  ],
  'FIN, FIN with ACK, ACK': [
    ['>', FIN | ACK],
    ['<', FIN | ACK],
    ['>', ACK],
  ],
  'the responder closes first': [
    ['<', FIN | ACK],
    ['>', FIN | ACK],
    ['<', ACK],
  ],
  'FINs that cross, without ACK, and two ACKs': [
    ['>', FIN],
    ['<', FIN],
    ['>', ACK],
    ['<', ACK],
  ],
  'a second FIN that acknowledges completes it': [
    ['>', FIN],
    ['<', FIN | ACK],
    ['>', FIN | ACK],
  ],
  'data with ACK counts as the acknowledgement': [
    ['>', FIN | ACK],
    ['<', PSH | ACK],
    ['<', FIN | ACK],
    ['>', PSH | ACK],
  ],
  'SYN and FIN in one packet': [
    ['>', SYN | FIN],
    ['<', SYN | FIN | ACK],
    ['>', ACK],
  ],
};

const open: Record<string, readonly Segment[]> = {
  'a handshake': [
    ['>', SYN],
    ['<', SYN | ACK],
    ['>', ACK],
  ],
  'no flags': [
    ['>', 0],
    ['<', 0],
  ],
  'half closed': [
    ['>', FIN | ACK],
    ['<', ACK],
    ['<', PSH | ACK],
    ['>', ACK],
  ],
  'FINs of one side only': [
    ['>', FIN | ACK],
    ['>', FIN | ACK],
    ['<', ACK],
    ['>', FIN | ACK],
  ],
  'both FINs, one not acknowledged': [
    ['>', FIN],
    ['<', FIN | ACK],
  ],
  'ACKs before the FINs do not count': [
    ['>', ACK],
    ['<', ACK],
    ['>', FIN],
    ['<', FIN],
    ['>', ACK],
  ],
  'the other control bits': [
    ['>', 0xfea],
    ['<', 0xfea],
  ],
};

describe('a TCP connection', () => {
  it.each(Object.entries(over))('is over after %s, and not before', (_, segments) => {
    expect(endOf(segments)).toBe(segments.length - 1);
  });

  it.each(Object.entries(open))('goes on after %s', (_, segments) => {
    expect(endOf(segments)).toBe(-1);
  });

  it('follows the four events whatever the packets', () => {
    // All sequences of four packets of {nothing, ACK, FIN, FIN with ACK} in either direction, against the rule in words.
    const packets = [0, ACK, FIN, FIN | ACK].flatMap((flags): Segment[] => [
      ['>', flags],
      ['<', flags],
    ]);
    for (const a of packets) {
      for (const b of packets) {
        for (const c of packets) {
          for (const d of packets) expect(endOf([a, b, c, d])).toBe(endByRule([a, b, c, d]));
        }
      }
    }
  });

  it('leaves the other bits of the state alone', () => {
    const others = State.Vlan | State.Ethernet | State.Layers | State.Continuation | (3 << State.AeShift);
    const next = nextTcpState(others, FIN | ACK, 0);
    expect(next & others).toBe(others);
    expect(nextTcpState(next, ACK, 1) & others).toBe(others);
  });
});

function endByRule(segments: readonly Segment[]): number {
  const fin = { '>': false, '<': false };
  const acked = { '>': false, '<': false };
  for (const [i, [direction, flags]] of segments.entries()) {
    const peer = direction === '>' ? '<' : '>';
    if (flags & FIN) fin[direction] = true;
    if (flags & ACK && fin[peer]) acked[peer] = true;
    if (fin['>'] && fin['<'] && acked['>'] && acked['<']) return i;
  }
  return -1;
}
