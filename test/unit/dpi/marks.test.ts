import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FlowInspection } from '../../../src/dpi/flow-inspection.js';
import { PayloadStore } from '../../../src/dpi/payload-store.js';
import { Transport, Verdict } from '../../../src/dpi/protocol.js';
import { type Registered, REGISTRY } from '../../../src/dpi/registry.js';
import { allSamples, octetsOf } from '../../support/inspect.js';

const OWN_PORTS = 1;
const view = new FlowInspection(new PayloadStore(1));
view.transport = Transport.Udp;
view.isLast = true;

/** What the recogniser says of a datagram of which nothing was cut, the first of its direction. */
function verdictOf({ protocol }: Registered, octets: Uint8Array, sourcePort: number, destinationPort: number): Verdict {
  view.words.fill(0);
  view.memory = 0;
  view.sourcePort = sourcePort;
  view.destinationPort = destinationPort;
  view.wireOctets = octets.length;
  return protocol.recognise(octets, 0, octets.length, view);
}

const overUdp = REGISTRY.all.filter(({ protocol }) => protocol.transports & Transport.Udp);
const samples = await allSamples();
const datagrams = samples
  .filter(([, { transport }]) => transport === 'udp')
  .flatMap(([, { messages = [] }]) => messages.map(([, message]) => octetsOf(message)))
  .filter(({ length }) => length > 0);

/** Datagrams of all protocols with some octets changed, and octets by chance. */
const changes = fc.array(fc.record({ at: fc.nat(120), octet: fc.nat(255) }), { maxLength: 3 });
const damaged = fc.tuple(fc.constantFrom(...datagrams), changes).map(([datagram, list]) => {
  const octets = Uint8Array.from(datagram);
  for (const { at, octet } of list) octets[at % octets.length] = octet;
  return octets;
});
const anyDatagram = fc.oneof(damaged, fc.uint8Array({ minLength: 1, maxLength: 200 }));

describe('marks of datagrams', () => {
  const marked = overUdp.filter(({ protocol }) => protocol.mark !== undefined);

  it.each(marked.map((each) => [each.protocol.name, each] as const))(
    '%s is never what lacks its mark',
    (_name, each) => {
      const { mark, least = 1 } = each.protocol;
      if (mark === undefined) throw new Error('it has a mark');
      fc.assert(
        fc.property(anyDatagram, (octets) => {
          if (octets.length < Math.max(least, mark.at + 4)) return;
          const word = Buffer.from(octets.buffer).readInt32BE(mark.at);
          if ((word & mask32(mark.mask)) === mask32(mark.value)) return;
          expect(verdictOf(each, octets, OWN_PORTS, OWN_PORTS)).toBe(Verdict.NoMatch);
        }),
        { numRuns: 500 },
      );
    },
  );

  const bound = overUdp.filter(({ protocol }) => protocol.needsPort === true);

  it.each(bound.map((each) => [each.protocol.name, each] as const))('%s is told at its port alone', (_name, each) => {
    const { least = 1, ports } = each.protocol;
    fc.assert(
      fc.property(anyDatagram, (octets) => {
        if (octets.length < least) return;
        expect(verdictOf(each, octets, OWN_PORTS, OWN_PORTS)).toBe(Verdict.NoMatch);
      }),
      { numRuns: 500 },
    );
    for (const port of ports) expect(REGISTRY.ports[1][port]).toBe(each.number + 1);
  });

  it('leave the port of DNS to what reads damaged messages', () => {
    expect(REGISTRY.ports[1][53]).toBe((REGISTRY.named('dns')?.number ?? -1) + 1);
  });
});

function mask32(value: number): number {
  return value | 0;
}
