import dgram from 'node:dgram';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** The UDP sockets of other processes as Linux shows them, and datagrams sent no faster than such a process reads. */

/** A UDP socket over IPv4, as /proc/net/udp has it. */
export interface UdpSocket {
  readonly port: number;
  /** Octets that wait in the kernel to be read. */
  readonly waiting: number;
  /** Datagrams for which there was no room. */
  readonly drops: number;
  readonly inode: number;
}

/** The UDP sockets that a process holds. */
export function udpSocketsOf(pid: number): UdpSocket[] {
  const held = new Set(descriptorsOf(pid));
  return udpSockets(pid).filter(({ inode }) => held.has(`socket:[${inode}]`));
}

function udpSockets(pid: number): UdpSocket[] {
  const [, ...lines] = fs.readFileSync(`/proc/${pid}/net/udp`, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const cells = line.trim().split(/\s+/);
    return {
      port: Number.parseInt(cells[1].split(':')[1], 16),
      waiting: Number.parseInt(cells[4].split(':')[1], 16),
      inode: Number(cells[9]),
      drops: Number(cells[12]),
    };
  });
}

function descriptorsOf(pid: number): string[] {
  return fs.readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [fs.readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch (error) {
      // Closed since the folder was read.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  });
}

/** Octets of datagrams, with what the kernel adds to each, between two looks at what the receiver has read: far less than a socket's buffer. */
const OCTETS_AT_ONCE = 65_536;
const OVERHEAD_OCTETS = 1024;
const PATIENCE_MS = 60_000;

/** Sends datagrams to a socket of process `pid` and resolves when it has read them all. Rejects when the kernel dropped any. */
export async function sendDatagrams(messages: readonly Uint8Array[], port: number, pid: number): Promise<void> {
  const socket = dgram.createSocket('udp4');
  try {
    let octets = 0;
    for (const message of messages) {
      await new Promise<void>((resolve, reject) => {
        socket.send(message, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error)));
      });
      octets += message.length + OVERHEAD_OCTETS;
      if (octets < OCTETS_AT_ONCE) continue;
      octets = 0;
      await untilRead(port, pid);
    }
    await untilRead(port, pid);
  } finally {
    socket.close();
  }
}

/** Resolves when no datagram waits at that port of process `pid`; rejects when it read none for long, or any was dropped. */
export async function untilRead(port: number, pid: number): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const socket = udpSocketsOf(pid).find((each) => each.port === port);
    if (socket === undefined) throw new Error(`process ${pid} listens no longer at UDP port ${port}`);
    if (socket.drops > 0) throw new Error(`UDP port ${port}: the kernel dropped ${socket.drops} datagrams`);
    if (socket.waiting === 0) return;
    if (Date.now() > end) throw new Error(`UDP port ${port}: ${socket.waiting} octets are not read`);
    await sleep(2);
  }
}
