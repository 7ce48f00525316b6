import fc from 'fast-check';

import type { MessageEncoder, MessageKind, MessageSink } from '../../../src/export/message-encoder.js';
import { anyFlow } from './arbitrary-flows.js';
import type { FlowDescription } from './closed-records.js';

/** A message as an encoder handed it over. */
export interface SentMessage {
  readonly octets: Buffer;
  readonly records: number;
  readonly kind: MessageKind;
}

/** Keeps what an encoder hands over. */
export function collecting<T extends MessageEncoder>(
  create: (sink: MessageSink) => T,
): { encoder: T; messages: SentMessage[] } {
  const messages: SentMessage[] = [];
  const encoder = create((octets, from, to, records, kind) => {
    messages.push({ octets: Buffer.from(octets.subarray(from, to)), records, kind });
  });
  return { encoder, messages };
}

const DAY_US = 86_400_000_000;

/** A flow with its times in order: begins at `startUs`, reverse direction and end up to `longestUs` later. */
function inOrder(flow: FlowDescription, startUs: number, delays: readonly number[]): FlowDescription {
  const [reverseUs, endUs] = [...delays].sort((a, b) => a - b).map((delay) => startUs + delay);
  const { forward, reverse } = flow;
  return {
    ...flow,
    end: { us: endUs, ns: flow.end.ns },
    forward: { ...forward, start: { us: startUs, ns: forward.start.ns } },
    reverse: reverse === null ? null : { ...reverse, start: { us: reverseUs, ns: reverse.start.ns } },
  };
}

/** Flows at any time until the year 2104, of up to 40 days. */
export const anyTimedFlow: fc.Arbitrary<FlowDescription> = fc
  .tuple(
    anyFlow,
    fc.oneof(
      fc.integer({ min: 1_700_000_000_000_000, max: 1_700_003_600_000_000 }),
      fc.integer({ min: 0, max: 4_200_000_000_000_000 }),
    ),
    fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 3_600_000_000 }), fc.integer({ min: 0, max: 3_600_000_000 })),
      fc.tuple(fc.integer({ min: 0, max: 40 * DAY_US }), fc.integer({ min: 0, max: 40 * DAY_US })),
    ),
  )
  .map(([flow, startUs, delays]) => inOrder(flow, startUs, delays));
