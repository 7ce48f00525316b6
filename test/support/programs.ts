import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import dgram from 'node:dgram';
import fs from 'node:fs';

import { onTestFinished } from 'vitest';

import { until } from './stream-sink.js';

/** Whether a program can be started; when not, says who misses it. */
export function hasProgram(program: string, arguments_: readonly string[], what: string): boolean {
  const isThere = spawnSync(program, arguments_, { stdio: 'ignore' }).error === undefined;
  if (!isThere) console.log(`skipped: ${what} needs ${program}`);
  return isThere;
}

/** A program that runs beside the test, and ends with it at the latest. */
export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #pieces: Buffer[] = [];
  readonly #stdout: Buffer[] = [];
  #isOver = false;

  constructor(program: string, arguments_: readonly string[]) {
    this.#child = spawn(program, arguments_, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (piece: Buffer) => this.#stdout.push(piece));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (piece: Buffer) => this.#pieces.push(piece));
    }
    this.#child.on('close', () => (this.#isOver = true));
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** What it has said so far. */
  get output(): string {
    return Buffer.concat(this.#pieces).toString('utf8');
  }

  /** Octets of its standard output. */
  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal, and waits for the end. Returns all that it said. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<string> {
    this.#child.kill(signal);
    await until(() => this.#isOver, 'the end of a program');
    return this.output;
  }
}

/** A UDP port of 127.0.0.1 that nobody has at this moment. */
export async function freeUdpPort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

/** Waits until somebody listens on that UDP port. */
export async function untilListens(port: number, program: RunningProgram): Promise<void> {
  const number = port.toString(16).toUpperCase().padStart(4, '0');
  const listens = (): boolean =>
    ['udp', 'udp6'].some((table) => new RegExp(`:${number} `).test(fs.readFileSync(`/proc/net/${table}`, 'utf8')));
  await until(listens, `a program that listens on port ${port}: ${program.output}`);
}
