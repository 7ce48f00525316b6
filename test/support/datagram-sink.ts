import dgram from 'node:dgram';

/** A collector that keeps the datagrams that it is sent. Can be stopped and started on the same port. */
export class DatagramSink {
  readonly datagrams: Buffer[] = [];
  #socket: dgram.Socket | null = null;
  #port = 0;

  static async start(): Promise<DatagramSink> {
    const sink = new DatagramSink();
    await sink.start();
    return sink;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 8_388_608 });
    socket.on('message', (message) => this.datagrams.push(message));
    await new Promise<void>((resolve) => socket.bind(this.#port, '127.0.0.1', resolve));
    this.#port = socket.address().port;
    this.#socket = socket;
  }

  async stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}
