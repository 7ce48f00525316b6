import dgram from 'node:dgram';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { REAL_SURROUNDINGS, type Surroundings } from '../../../../src/export/delivery/surroundings.js';
import { DatagramSink } from '../../../support/datagram-sink.js';
import { until } from '../../../support/stream-sink.js';
import { readMessages } from '../../ipfix/read-messages.js';
import { STATISTICS } from '../statistics.js';
import { expectBalanced, local, numbersOf, openOutput, range, writeFlows } from './network.js';

/** How many datagrams the kernel refuses before it takes one again. */
const kernel = vi.hoisted(() => ({ refusals: 0, refused: 0 }));

vi.mock('node:dgram', async (load) => {
  const real = await load<{ default: typeof dgram }>();
  const createSocket = (options: dgram.SocketOptions): dgram.Socket => {
    const socket = real.default.createSocket(options);
    const send = socket.send.bind(socket) as (octets: Uint8Array, done: (error: Error | null) => void) => void;
    const refusing = (octets: Uint8Array, done: (error: Error | null) => void): void => {
      if (kernel.refusals === 0) {
        send(octets, done);
        return;
      }
      kernel.refusals--;
      kernel.refused++;
      setImmediate(() => done(Object.assign(new Error('full'), { code: 'ENOBUFS', errno: -105 })));
    };
    return Object.assign(socket, { send: refusing });
  };
  return { ...real, default: { ...real.default, createSocket } };
});

/** Pauses are a thousandth of what they are. */
const HURRIED: Surroundings = {
  ...REAL_SURROUNDINGS,
  pause: (ms, signal) => REAL_SURROUNDINGS.pause(ms / 1_000, signal),
};

describe('errors of UDP', () => {
  it('when the kernel has no room are counted each, told once, and cost no record', async () => {
    const sink = await DatagramSink.start();
    onTestFinished(() => sink.stop());
    const { output, told } = openOutput({ transport: 'udp', peers: [local(sink.port)], recordsPerSecond: 40_000 });
    await until(() => output.isUp, 'the socket');
    const many = 2_000;
    for (let n = 0; n < many; n += 100) {
      kernel.refusals += 30;
      writeFlows(output, n, 100);
      output.tick((n + 100) * 1_000);
      await until(() => kernel.refusals === 0 && output.counts().queuedRecords === 0, 'the datagrams');
    }
    await output.finish(STATISTICS);
    expect(kernel.refused).toBe(600);
    expect(output.counts()).toMatchObject({ offered: many, exported: many, errors: kernel.refused, repeated: 0 });
    expect(told).toEqual([`${output.name}: cannot send: no buffer space available (ENOBUFS)`]);
    await until(() => sink.datagrams.length === output.counts().messages, 'all datagrams');
    const numbers = numbersOf(readMessages(Buffer.concat(sink.datagrams)));
    expect(numbers.sort((a, b) => a - b)).toEqual(range(many));
    expectBalanced(output);
  });

  it('when nobody listens are counted each, and a line in the log', async () => {
    const sink = await DatagramSink.start();
    await sink.stop();
    const { output, told } = openOutput({
      transport: 'udp',
      peers: [local(sink.port)],
      surroundings: HURRIED,
      lingerMs: 1_000,
    });
    for (let n = 0; output.counts().errors < 50; n += 10) {
      writeFlows(output, n, 10);
      output.tick(n * 1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await output.finish(STATISTICS);
    expect(output.counts().notSent.failed).toBeGreaterThan(0);
    expectBalanced(output);
    const refused = `${output.name}: not received: connection refused (ECONNREFUSED)`;
    expect(told.filter((line) => line === refused).length).toBeGreaterThan(0);
    // It may seem to be there, once in a while: that is told too.
    expect(told.length).toBeLessThan(10);
  });
});
