import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import tls from 'node:tls';

import { OutputError, outputErrorFrom } from '../output-error.js';
import { StreamConnection } from './stream-connection.js';
import type { TcpPeer } from './tcp.js';

/** How long a server that sends no session tickets has to refuse a client. */
const REFUSAL_MS = 1_000;

/** PEM files; each may hold a chain. */
export interface TlsFiles {
  /** Whom to believe. Default: the authorities that come with Node.js. */
  readonly ca?: string | undefined;
  /** Our certificate, and its key, for peers that ask who we are. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name that the peer's certificate must have. Default: the host. */
  readonly servername?: string | undefined;
}

/** What is read once, when the output is made. */
export interface TlsIdentity {
  readonly context: tls.SecureContext;
  readonly servername: string | undefined;
}

/** Reads the files. Throws an OutputError that names the file and what is wrong with it. */
export function readTlsIdentity(output: string, files: TlsFiles): TlsIdentity {
  const { ca, cert, key, servername } = files;
  if ((cert === undefined) !== (key === undefined)) {
    throw new OutputError(output, null, `${cert === undefined ? 'key' : 'cert'} alone: expected both cert and key`);
  }
  const [caPem, certPem, keyPem] = [
    read(output, 'ca', ca, 'CERTIFICATE'),
    read(output, 'cert', cert, 'CERTIFICATE'),
    read(output, 'key', key, 'PRIVATE KEY'),
  ];
  try {
    const context = tls.createSecureContext({
      minVersion: 'TLSv1.2',
      ...(caPem === undefined ? {} : { ca: caPem }),
      ...(certPem === undefined ? {} : { cert: certPem, key: keyPem }),
    });
    return { context, servername };
  } catch (error) {
    throw outputErrorFrom(error, output, `cannot use ${[ca, cert, key].filter(Boolean).join(', ')}`);
  }
}

function read(output: string, option: string, path: string | undefined, what: string): string | undefined {
  if (path === undefined) return undefined;
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (error) {
    throw outputErrorFrom(error, output, `cannot read ${option}=${path}`);
  }
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(pem)) {
    throw new OutputError(output, null, `${option}=${path}: expected a PEM file with a ${what.toLowerCase()}`);
  }
  return pem;
}

/** How to connect with a host as that identity. */
export function tlsOptions({ context, servername }: TlsIdentity, host: string) {
  const expected = servername ?? host;
  return {
    secureContext: context,
    // Addresses are not sent (RFC 6066 §3), but compared with the certificate all the same.
    servername: isIP(expected) === 0 ? expected : '',
    checkServerIdentity: (_: string, certificate: tls.PeerCertificate) =>
      tls.checkServerIdentity(expected, certificate),
    rejectUnauthorized: true,
  };
}

/** TLS 1.2 and later over TCP (RFC 7011 §11.1). The peer must prove who it is; we do when it asks and we can. */
export class TlsTransport extends StreamConnection {
  protected readonly connected = 'secureConnect';
  readonly #peer: TcpPeer;
  readonly #identity: TlsIdentity;

  constructor(name: string, peer: TcpPeer, identity: TlsIdentity) {
    super(name, peer);
    this.#peer = peer;
    this.#identity = identity;
  }

  protected connect(): Socket {
    const { host, port } = this.#peer;
    return tls.connect({ host, port, ...tlsOptions(this.#identity, host) });
  }

  /**
   * With TLS 1.3 the client is done before the server has looked at its certificate. Most servers send a session ticket
   * when they have; the others have a moment to refuse.
   */
  protected override whenAccepted(socket: Socket, done: () => void): void {
    if (!(socket instanceof tls.TLSSocket) || socket.getProtocol() !== 'TLSv1.3') {
      done();
      return;
    }
    const expiry = setTimeout(done, REFUSAL_MS);
    socket.once('close', () => clearTimeout(expiry));
    socket.once('session', () => {
      clearTimeout(expiry);
      // OpenSSL is in the middle of reading: what is written now would be encrypted wrongly.
      setImmediate(done);
    });
  }

  protected override fault(error: unknown, action: string): OutputError {
    return tlsErrorFrom(error, this.name, action);
  }
}

/** Puts an error of a connection that may be encrypted into words. */
export function tlsErrorFrom(error: unknown, output: string, action: string): OutputError {
  if (error instanceof OutputError) return error;
  const { code = '', message, reason = message } = error as NodeJS.ErrnoException & { readonly reason?: string };
  const text = TLS_FAULTS.find(([pattern]) => pattern.test(code))?.[1];
  if (text === undefined && !code.startsWith('ERR_SSL_')) return outputErrorFrom(error, output, action);
  const detail = text === undefined ? `${reason.trim()} (${code})` : `${text} (${code}: ${reason.trim()})`;
  return new OutputError(output, code, `${action}: ${detail}`, { cause: error });
}

/** What the codes of TLS mean for the person who has to change something. */
const TLS_FAULTS: readonly (readonly [RegExp, string])[] = [
  [
    /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED/,
    "the peer's certificate is not signed by the ca we trust",
  ],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, "the peer's certificate is not valid now"],
  [/ALTNAME_INVALID/, "the peer's certificate has another name than the host"],
  [/ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE/, 'the peer wants a client certificate: give it cert and key'],
  [
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE|UNSUPPORTED_CERTIFICATE)/,
    'the peer does not accept our certificate',
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, 'the peer does not speak TLS 1.2 or later'],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH/, 'the peer does not speak TLS'],
];
