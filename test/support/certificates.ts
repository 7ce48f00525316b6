import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

function openssl(...words: string[]): void {
  const { status, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${words.join(' ')}: ${stderr}`);
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];

/** An authority that signs itself. */
export function makeAuthority(folder: string, name: string): Certificate {
  const [cert, key] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
  openssl('req', '-x509', ...KEY, '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`);
  return { cert, key };
}

/** A certificate of that name, for `localhost` and 127.0.0.1 unless other names are given. */
export function makeCertificate(
  folder: string,
  name: string,
  authority: Certificate,
  names = 'DNS:localhost,IP:127.0.0.1',
): Certificate {
  const [cert, key] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
  const [request, extensions] = [path.join(folder, `${name}.csr`), path.join(folder, `${name}.ext`)];
  fs.writeFileSync(extensions, `subjectAltName=${names}\n`);
  openssl('req', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
  const signed = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial', '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...signed, '-out', cert, '-days', '2');
  return { cert, key };
}
