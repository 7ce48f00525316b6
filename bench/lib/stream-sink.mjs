// Takes what comes over TCP and UDP, on one port that it prints, and throws it away.
import dgram from 'node:dgram';
import net from 'node:net';

const server = net.createServer((socket) => socket.on('error', () => {}).resume());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const datagrams = dgram.createSocket('udp4');
  datagrams.bind(port, '127.0.0.1', () => process.stdout.write(`${port}\n`));
});
