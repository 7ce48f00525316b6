// A collector that gives trouble, on a TCP port that it prints: `never` reads, or reads `N` octets a second, or all (`Infinity`).
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const perSecond = process.argv[2] === 'never' ? 0 : Number(process.argv[2]);
const TURN_MS = 100;

const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  socket.on('error', () => {});
  if (perSecond === Infinity) socket.resume();
  else if (perSecond > 0) void read(socket);
});

async function read(socket) {
  const atOnce = Math.ceil((perSecond * TURN_MS) / 1000);
  while (!socket.destroyed) {
    for (let left = atOnce; left > 0;) {
      const piece = socket.read(Math.min(left, socket.readableLength)) ?? null;
      if (piece === null) break;
      left -= piece.length;
    }
    // Has the stream fetch more.
    socket.read(0);
    await delay(TURN_MS);
  }
}

server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
