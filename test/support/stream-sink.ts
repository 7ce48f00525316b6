import net, { type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';

/** A collector that keeps what it is sent, a buffer for each connection. Can be stopped and started on the same port. */
export class StreamSink {
  readonly #connections: { socket: Socket; pieces: Buffer[] }[] = [];
  readonly #tls: tls.TlsOptions | null;
  #server: Server | null = null;
  #port = 0;
  /** New connections are not read from. */
  isReading = true;

  private constructor(options: tls.TlsOptions | null) {
    this.#tls = options;
  }

  static async start(options: tls.TlsOptions | null = null): Promise<StreamSink> {
    const sink = new StreamSink(options);
    await sink.start();
    return sink;
  }

  get port(): number {
    return this.#port;
  }

  /** What came in over each connection. */
  get sessions(): Buffer[] {
    return this.#connections.map(({ pieces }) => Buffer.concat(pieces));
  }

  get octets(): number {
    return this.#connections.reduce((sum, { pieces }) => sum + pieces.reduce((all, piece) => all + piece.length, 0), 0);
  }

  async start(): Promise<void> {
    const accept = (socket: Socket): void => {
      const pieces: Buffer[] = [];
      this.#connections.push({ socket, pieces });
      socket.on('data', (piece: Buffer) => pieces.push(piece));
      socket.on('error', () => undefined);
      if (!this.isReading) socket.pause();
    };
    const server = this.#tls === null ? net.createServer(accept) : tls.createServer(this.#tls, accept);
    server.on('tlsClientError', () => undefined);
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Reads from all connections, or from none. */
  read(isReading: boolean): void {
    this.isReading = isReading;
    for (const { socket } of this.#connections) {
      if (isReading) socket.resume();
      else socket.pause();
    }
  }

  /** Breaks all connections off, and takes no new ones. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const { socket } of this.#connections) {
      if (socket instanceof tls.TLSSocket) socket.destroy();
      else if (!socket.destroyed) socket.resetAndDestroy();
    }
    await closed;
  }
}

/** Resolves when the condition holds. */
export async function until(condition: () => boolean, what: string, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
