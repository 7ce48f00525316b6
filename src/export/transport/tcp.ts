import net, { type Socket } from 'node:net';

import { StreamConnection, type StreamOptions } from './stream-connection.js';

export interface TcpPeer extends StreamOptions {
  readonly host: string;
  readonly port: number;
}

/** TCP (RFC 7011 §10.4). The name is resolved at each connection; of several addresses the first that answers is taken. */
export class TcpTransport extends StreamConnection {
  protected readonly connected = 'connect';
  readonly #peer: TcpPeer;

  constructor(name: string, peer: TcpPeer) {
    super(name, peer);
    this.#peer = peer;
  }

  protected connect(): Socket {
    const { host, port } = this.#peer;
    return net.connect({ host, port, autoSelectFamily: true });
  }
}
