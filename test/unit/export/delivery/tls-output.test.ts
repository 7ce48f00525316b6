import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TlsOptions } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import type { TlsFiles } from '../../../../src/export/transport/tls.js';
import { type Certificate, makeAuthority, makeCertificate } from '../../../support/certificates.js';
import { hasProgram } from '../../../support/programs.js';
import { StreamSink, until } from '../../../support/stream-sink.js';
import { STATISTICS } from '../statistics.js';
import { expectBalanced, flowNumbers, type Opened, openOutput, range, writeFlows } from './network.js';

const FLOWS = 2_000;

describe.skipIf(!hasProgram('openssl', ['version'], 'certificates for tests of TLS'))('an output over TLS', () => {
  let folder = '';
  let authority: Certificate;
  let other: Certificate;
  let server: Certificate;
  let client: Certificate;
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-tls-'));
    authority = makeAuthority(folder, 'authority');
    other = makeAuthority(folder, 'other-authority');
    server = makeCertificate(folder, 'collector', authority);
    client = makeCertificate(folder, 'exporter', authority);
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** A collector that wants to know who exports. */
  async function startSink(own: Certificate, options: TlsOptions = {}): Promise<StreamSink> {
    const sink = await StreamSink.start({
      cert: fs.readFileSync(own.cert),
      key: fs.readFileSync(own.key),
      ca: fs.readFileSync(authority.cert),
      requestCert: true,
      rejectUnauthorized: true,
      ...options,
    });
    onTestFinished(() => sink.kill());
    return sink;
  }

  function open(sink: StreamSink, tls: TlsFiles, host = '127.0.0.1', lingerMs = 3_000): Opened {
    return openOutput({ transport: 'tls', peers: [{ host, port: sink.port }], tls, lingerMs });
  }

  /** What is told when nothing gets through. */
  async function refusal({ output, told }: Opened): Promise<string> {
    writeFlows(output, 0, 10);
    await until(() => told.length > 0, 'a fault');
    await output.finish(STATISTICS);
    expect(output.counts()).toMatchObject({ offered: 10, exported: 0, notSent: { failed: 10 } });
    expectBalanced(output);
    return told[0];
  }

  it.each(['127.0.0.1', 'localhost'])('proves who it is, and has the peer at %s prove it', async (host) => {
    const sink = await startSink(server);
    const { output, told } = open(sink, { ca: authority.cert, ...client }, host);
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    expect(told).toEqual([]);
    expect(flowNumbers(sink.sessions[0])).toEqual(range(FLOWS));
    expectBalanced(output);
  });

  it('can expect another name than the host', async () => {
    const named = makeCertificate(folder, 'named', authority, 'DNS:flows.example.org');
    const sink = await startSink(named);
    const { output } = open(sink, { ca: authority.cert, ...client, servername: 'flows.example.org' });
    writeFlows(output, 0, FLOWS);
    await output.finish(STATISTICS);
    expect(flowNumbers(sink.sessions[0])).toEqual(range(FLOWS));
    const text = await refusal(open(sink, { ca: authority.cert, ...client }, '127.0.0.1', 300));
    expect(text).toContain("cannot connect: the peer's certificate has another name than the host");
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('says that the peer wants a certificate, %s', async (version) => {
    const sink = await startSink(server, { minVersion: version, maxVersion: version });
    const text = await refusal(open(sink, { ca: authority.cert }, '127.0.0.1', 300));
    expect(text).toContain('the peer wants a client certificate: give it cert and key');
    expect(sink.octets).toBe(0);
  });

  it('says that the peer does not accept its certificate', async () => {
    const stranger = makeCertificate(folder, 'stranger', other);
    const sink = await startSink(server);
    const text = await refusal(open(sink, { ca: authority.cert, ...stranger }, '127.0.0.1', 300));
    expect(text).toMatch(/the peer does not accept our certificate|closed by the peer|ECONNRESET/);
  });

  it('does not trust a peer that its ca does not vouch for', async () => {
    const sink = await startSink(server);
    const text = await refusal(open(sink, { ca: other.cert, ...client }, '127.0.0.1', 300));
    expect(text).toContain("cannot connect: the peer's certificate is not signed by the ca we trust");
  });

  it('does not speak anything older than TLS 1.2', async () => {
    const sink = await startSink(server, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
    const text = await refusal(open(sink, { ca: authority.cert, ...client }, '127.0.0.1', 300));
    expect(text).toContain('the peer does not speak TLS 1.2 or later');
  });

  it('says what is wrong with files', () => {
    const { cert, key } = client;
    const peers = [{ host: '127.0.0.1', port: 9 }];
    const opening = (tls: TlsFiles) => () => openOutput({ transport: 'tls', peers, tls });
    const missing = path.join(folder, 'missing.pem');
    expect(opening({ ca: missing })).toThrow(`cannot read ca=${missing}: no such file or directory (ENOENT)`);
    expect(opening({ cert, key: cert })).toThrow(`key=${cert}: expected a PEM file with a private key`);
    expect(opening({ cert })).toThrow('cert alone: expected both cert and key');
    expect(opening({ key })).toThrow('key alone: expected both cert and key');
    expect(opening({ cert, key: server.key })).toThrow(`cannot use ${cert}, ${server.key}`);
  });
});
