import { createSocket } from 'node:dgram';

/**
 * Takes datagrams on loopback and throws them away, for tools that export over UDP.
 * @returns {Promise<{ port: number, take: () => number, close: () => void }>} `take` tells the datagrams since it was
 *   asked last; what the kernel dropped because the exporter was faster is not among them
 */
export function openUdpSink() {
  return new Promise((resolve, reject) => {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 22 });
    let datagrams = 0;
    socket.on('message', () => datagrams++);
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const take = () => {
        const taken = datagrams;
        datagrams = 0;
        return taken;
      };
      resolve({
        port: socket.address().port,
        take,
        close: () => socket.close(),
      });
    });
  });
}
