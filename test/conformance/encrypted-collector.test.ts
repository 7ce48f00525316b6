import net from 'node:net';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { makeAuthority, makeCertificate } from '../support/certificates.js';
import { hasProgram, RunningProgram } from '../support/programs.js';
import { temporaryFolder } from '../support/run-weir.js';
import { until } from '../support/stream-sink.js';
import { readMessages } from '../unit/ipfix/read-messages.js';
import {
  expectBalanced,
  expectSound,
  local,
  numbersOf,
  openOutput,
  range,
  writeFlows,
} from '../unit/export/delivery/network.js';
import { STATISTICS } from '../unit/export/statistics.js';

/** OpenSSL's own server as a collector that insists on client certificates, and that is stopped for a while. */

const HAS_OPENSSL = hasProgram('openssl', ['version'], 'IPFIX over TLS to openssl s_server');

async function freeTcpPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!HAS_OPENSSL)('openssl s_server', () => {
  it('gets every record over TLS, stopped for a while or not, and nobody waits for it', async () => {
    const folder = temporaryFolder();
    const authority = makeAuthority(folder, 'authority');
    const server = makeCertificate(folder, 'collector', authority);
    const client = makeCertificate(folder, 'exporter', authority);
    const port = await freeTcpPort();
    const words = ['-accept', `127.0.0.1:${port}`, '-cert', server.cert, '-key', server.key, '-quiet'];
    const collector = new RunningProgram('openssl', [
      ...['s_server', ...words],
      ...['-CAfile', authority.cert, '-Verify', '1', '-verify_return_error'],
    ]);
    const tls = { ca: authority.cert, ...client };
    const { output } = openOutput({ transport: 'tls', peers: [local(port)], tls, queueOctets: 1_000_000 });
    writeFlows(output, 0, 1_000);
    output.tick(5_000);
    await until(() => collector.stdout.length > 50_000, 'the first records');

    collector.signal('SIGSTOP');
    const many = 150_000;
    for (let sent = 1_000; sent < many; sent += 1_000) {
      writeFlows(output, sent, 1_000);
      expect(output.isFull).toBe(false);
      // Sockets get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(output.counts().spooledRecords).toBeGreaterThan(0);
    expectBalanced(output);
    collector.signal('SIGCONT');
    await output.finish(STATISTICS);
    expectBalanced(output);
    expect(output.counts()).toMatchObject({ offered: many, exported: many, repeated: 0, reconnects: 0 });
    await until(() => collector.stdout.length === output.counts().octets, 'all octets');
    const result = readMessages(collector.stdout);
    expectSound(result);
    expect(numbersOf(result)).toEqual(range(many));
  });
});
