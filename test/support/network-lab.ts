import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';

import { onTestFinished } from 'vitest';

import { RunningProgram } from './running-program.js';

/** Two hosts joined by a cable: network namespaces and a veth pair, for as long as a test runs. */
export interface Lab {
  /** Namespace of the sensor, and that of its peer. */
  readonly sensor: string;
  readonly peer: string;
  /** The interface in the sensor's namespace, 10.9.0.1; the peer has 10.9.0.2 on `peerLink`. */
  readonly link: string;
  readonly peerLink: string;
}

export const SENSOR_ADDRESS = '10.9.0.1';
export const PEER_ADDRESS = '10.9.0.2';

let made = 0;

/** Why there can be no lab here; null when there can. */
export const labMissing: string | null = (() => {
  if (process.platform !== 'linux') return 'network namespaces are Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces want root';
  const name = `weir-probe-${process.pid}`;
  const { status, stderr, error } = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (error !== undefined) return `ip: ${error.message}`;
  if (status !== 0) return `ip netns add: ${stderr.trim()}`;
  spawnSync('ip', ['netns', 'delete', name]);
  if (!fs.existsSync(new URL('../../native/build/weir.node', import.meta.url))) return 'the capture addon is not built';
  return null;
})();

/** Tells once why tests of this file are skipped. */
export function skipReason(what: string, reason: string | null): boolean {
  if (reason !== null) console.warn(`${what} skipped: ${reason}`);
  return reason !== null;
}

/** Null when all these programs are there, else which one is not. */
export function programsMissing(...programs: readonly string[]): string | null {
  const missing = programs.find((program) => spawnSync('which', [program]).status !== 0);
  return missing === undefined ? null : `${missing} is not installed`;
}

/** Builds a lab. IPv6 is off, so that nothing is on the wire but what the test sends, and ARP. */
export function buildLab(): Lab {
  const id = `${process.pid}-${made++}`;
  const lab = { sensor: `weir-s${id}`, peer: `weir-p${id}`, link: 'sens0', peerLink: 'peer0' };
  onTestFinished(() => {
    for (const name of [lab.sensor, lab.peer]) spawnSync('ip', ['netns', 'delete', name]);
  });
  for (const name of [lab.sensor, lab.peer]) {
    ip('netns', 'add', name);
    inside(name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  addCable(lab, lab.link, lab.peerLink, SENSOR_ADDRESS, PEER_ADDRESS);
  return lab;
}

/** Joins the two hosts by a cable, with an address at each end. */
export function addCable(lab: Lab, link: string, peerLink: string, address: string, peerAddress: string): void {
  ip('link', 'add', link, 'netns', lab.sensor, 'type', 'veth', 'peer', 'name', peerLink, 'netns', lab.peer);
  ip('-n', lab.sensor, 'address', 'add', `${address}/24`, 'dev', link);
  ip('-n', lab.peer, 'address', 'add', `${peerAddress}/24`, 'dev', peerLink);
  ip('-n', lab.sensor, 'link', 'set', link, 'up');
  ip('-n', lab.peer, 'link', 'set', peerLink, 'up');
}

export function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Runs a program in a namespace to its end; its standard output. */
export function inside(namespace: string, ...words: readonly string[]): string {
  return execFileSync('ip', ['netns', 'exec', namespace, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Datagrams from the peer to an address of the sensor, from one port to another. */
export function sendDatagrams(lab: Lab, from: number, to: number, count: number, address = SENSOR_ADDRESS): void {
  inside(lab.peer, 'python3', '-c', datagramProgram(from, to, count, 0, address));
}

/** The same, `gapSeconds` apart, while the test goes on; says `sent` for each. */
export function datagramSender(lab: Lab, from: number, to: number, count: number, gapSeconds: number): RunningProgram {
  const program = datagramProgram(from, to, count, gapSeconds, SENSOR_ADDRESS);
  return new RunningProgram('ip', ['netns', 'exec', lab.peer, 'python3', '-u', '-c', program]);
}

function datagramProgram(from: number, to: number, count: number, gapSeconds: number, address: string): string {
  return [
    'import socket, time',
    's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
    `s.bind(("", ${from}))`,
    `for n in range(${count}):`,
    `    s.sendto(b"x" * 32, ("${address}", ${to}))`,
    '    print("sent")',
    `    time.sleep(${gapSeconds})`,
  ].join('\n');
}
