import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the endpoint serves; each answers at once. */
export interface EndpointSource {
  /** Prometheus text. */
  metrics(): Promise<string>;
  readonly contentType: string;
  /** What is wrong with the process: it should be started anew. Null when nothing is. */
  unhealthy(): string | null;
  /** Why it does not do its work now. Null when it does. */
  unready(): string | null;
}

/** Requests are short; nobody may hold a connection for nothing. */
const TIMEOUT_MS = 10_000;
const MOST_CONNECTIONS = 32;

/** `/metrics`, `/healthz` and `/readyz` over HTTP. */
export class HttpEndpoint {
  private constructor(private readonly server: http.Server) {}

  /** Listens on `address` (`127.0.0.1:9999`, `[::1]:9999`; port 0: any). Rejects with the system's error. */
  static async open(address: string, source: EndpointSource): Promise<HttpEndpoint> {
    const server = http.createServer(
      { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS },
      (request, response) => {
        void answer(source, request, response);
      },
    );
    server.maxConnections = MOST_CONNECTIONS;
    server.keepAliveTimeout = TIMEOUT_MS;
    const { host, port } = splitAddress(address);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    // It shall not keep the process alive.
    server.unref();
    return new HttpEndpoint(server);
  }

  /** Where it listens, as a person would write it. */
  get address(): string {
    const { address, port, family } = this.server.address() as AddressInfo;
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

async function answer(
  source: EndpointSource,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const reply = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return reply(405, 'GET and HEAD only\n');
  switch (request.url?.split('?')[0]) {
    case '/metrics':
      return reply(200, await source.metrics(), source.contentType);
    case '/healthz':
      return replyState(reply, source.unhealthy());
    case '/readyz':
      return replyState(reply, source.unready());
    default:
      return reply(404, 'there are /metrics, /healthz and /readyz\n');
  }
}

function replyState(reply: (status: number, text: string) => void, trouble: string | null): void {
  if (trouble === null) reply(200, 'ok\n');
  else reply(503, `${trouble}\n`);
}

/** Host and port of `host:port`. Throws a RangeError. */
export function splitAddress(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(address) ?? [];
  if (port === undefined || Number(port) > 65_535)
    throw new RangeError(`address '${address}': expected host:port, such as 127.0.0.1:9999 or [::1]:9999`);
  return { host: bracketed ?? (plain === '' ? '127.0.0.1' : plain), port: Number(port) };
}
