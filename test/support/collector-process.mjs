// A collector in a process of its own, which can be stopped and killed: prints its TCP port, and writes what comes over
// the n-th connection to the file FOLDER/n.
//
//   node collector-process.mjs FOLDER [PORT]
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const [folder, port = '0'] = process.argv.slice(2);
let connections = fs.readdirSync(folder).length;

const server = net.createServer((socket) => {
  const file = fs.openSync(path.join(folder, String(connections++)), 'w');
  socket.on('data', (octets) => fs.writeSync(file, octets));
  socket.on('error', () => {});
  socket.on('close', () => fs.closeSync(file));
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
