import { X509Certificate } from 'node:crypto';
import fs from 'node:fs';

import { expect, it } from 'vitest';

import { makeAuthority, makeCertificate } from '../../support/certificates.js';
import { clientHello } from '../../support/client-hello.js';
import { inspectFrames, tcpFrames } from '../../support/inspect.js';
import { bytes, join, u16, zeros } from '../../support/octets.js';
import { temporaryFolder } from '../../support/run-weir.js';

/** A handshake message of TLS in a record of its own. */
function message(type: number, body: Uint8Array): Uint8Array {
  const handshake = join(bytes(type, 0), u16(body.length), body);
  return join(bytes(0x16, 3, 3), u16(handshake.length), handshake);
}

it('a certificate is what another reader makes of it', async () => {
  const folder = temporaryFolder();
  const names = 'DNS:a.example.test,IP:192.0.2.1,DNS:b.example.test,IP:2001:db8::1';
  const pem = fs.readFileSync(makeCertificate(folder, 'server', makeAuthority(folder, 'authority'), names).cert);
  const certificate = new X509Certificate(pem);
  const { raw } = certificate;
  const serverHello = join(u16(0x0303), zeros(32), bytes(0), u16(0xc02f), bytes(0));
  const list = join(bytes(0), u16(raw.length + 3), bytes(0), u16(raw.length), raw);
  const [flow] = await inspectFrames(
    tcpFrames([
      ['client', clientHello()],
      ['server', message(2, serverHello)],
      ['server', message(11, list)],
    ]),
  );
  expect(flow['tls']).toMatchObject({
    certificates: [
      {
        subject: 'CN=server',
        issuer: 'CN=authority',
        serial: certificate.serialNumber.toLowerCase(),
        notBefore: new Date(certificate.validFrom).toISOString(),
        notAfter: new Date(certificate.validTo).toISOString(),
        alternativeNames: ['a.example.test', 'b.example.test'],
        alternativeAddresses: ['192.0.2.1', '2001:db8::1'],
        keyType: 'EC',
        keyBits: 256,
        sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
        sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      },
    ],
  });
});
