#!/usr/bin/env node
// Leaves compiled code beside the program in dist/program/, for this version of Node.js: of the files that these runs load, with
// the functions that they call (src/code-cache.cts). What an earlier run has left stays.
//
//   node scripts/compile-program.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../dist/program/main.js', import.meta.url));
const WRITE = fileURLToPath(new URL('lib/write-compiled.cjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'weir-compile-'));
try {
  writeFileSync(join(folder, 'small.pcap'), capture());
  for (const words of [
    ['replay', 'small.pcap', '-o', 'small.ipfix'],
    ['print', 'small.ipfix'],
    ['replay', 'small.pcap', '--dpi', '-o', 'small.jsonl'],
    ['--help'],
  ]) {
    execFileSync(process.execPath, ['--require', WRITE, PROGRAM, ...words], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** A capture of a few packets: a TCP connection over IPv4, one over IPv6, a query of DNS, and one in a VLAN. */
function capture() {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const [client, server] = [1, 2];
  const connection = (ip) => [
    ip(client, server, 6, tcp(40_000, 80, 0x02, '')),
    ip(server, client, 6, tcp(80, 40_000, 0x12, '')),
    ip(client, server, 6, tcp(40_000, 80, 0x18, 'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n')),
    ip(server, client, 6, tcp(80, 40_000, 0x18, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')),
    ip(client, server, 6, tcp(40_000, 80, 0x11, '')),
    ip(server, client, 6, tcp(80, 40_000, 0x11, '')),
    ip(client, server, 6, tcp(40_000, 80, 0x10, '')),
  ];
  const query = ipv4(
    client,
    server,
    17,
    udp(40_001, 53, '\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01'),
  );
  const tagged = Buffer.concat([query.subarray(0, 12), Buffer.from([0x81, 0, 0, 5]), query.subarray(12)]);
  const packets = [...connection(ipv4), ...connection(ipv6), query, tagged];
  return Buffer.concat([header, ...packets.flatMap(record)]);
}

function record(packet, second) {
  const header = Buffer.alloc(16);
  [1_700_000_000 + second, 0, packet.length, packet.length].forEach((word, n) => header.writeUInt32LE(word, 4 * n));
  return [header, packet];
}

function ethernet(type, payload) {
  return Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, type >>> 8, type & 0xff]), payload]);
}

function ipv4(source, destination, protocol, payload) {
  const header = Buffer.from([0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, source, 10, 0, 0, destination]);
  header.writeUInt16BE(20 + payload.length, 2);
  return ethernet(0x0800, Buffer.concat([header, payload]));
}

function ipv6(source, destination, protocol, payload) {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payload.length, 4);
  header[6] = protocol;
  header[7] = 64;
  [header[8], header[23], header[24], header[39]] = [0xfd, source, 0xfd, destination];
  return ethernet(0x86dd, Buffer.concat([header, payload]));
}

function tcp(source, destination, flags, payload) {
  const header = Buffer.alloc(20);
  header.writeUInt16BE(source, 0);
  header.writeUInt16BE(destination, 2);
  header[12] = 0x50;
  header[13] = flags;
  return Buffer.concat([header, Buffer.from(payload, 'latin1')]);
}

function udp(source, destination, payload) {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(source, 0);
  header.writeUInt16BE(destination, 2);
  header.writeUInt16BE(8 + payload.length, 4);
  return Buffer.concat([header, Buffer.from(payload, 'latin1')]);
}
