import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { onTestFinished } from 'vitest';

import { freeUdpPort, hasProgram } from './programs.js';
import { run, temporaryFolder } from './run-weir.js';
import { sendDatagrams, udpSocketsOf, untilRead } from './udp-sockets.js';

/**
 * Other people's flow collectors, each a process on loopback with a UDP port of its own, for NetFlow v5, v9 and IPFIX:
 *
 *   const collector = await Nfcapd.start();
 *   await collector.send(messages);           // or let weir send to collector.port, then await collector.untilRead()
 *   const { sums, sequenceFailures } = await collector.collect(flows);
 */

export const hasNfcapd = hasProgram('nfcapd', ['-V'], 'what goes to nfcapd') && hasProgram('nfdump', ['-V'], 'nfcapd');
export const hasNfacctd = hasProgram('nfacctd', ['-V'], 'what goes to nfacctd');

/** Programs and versions, as the first line says them that they print. */
export const NFCAPD_NAME = versionOf('nfcapd', /Version: (\S+)/, 'nfcapd');
export const NFACCTD_NAME = versionOf('nfacctd', /nfacctd (\S+)/, "pmacct's nfacctd");

function versionOf(program: string, pattern: RegExp, name: string): string {
  const { stdout } = spawnSync(program, ['-V'], { encoding: 'utf8' });
  const [, version] = pattern.exec(stdout ?? '') ?? [];
  return version === undefined ? name : `${name} ${version}`;
}

/** Sums over uniflows. */
export interface Sums {
  flows: number;
  packets: number;
  octets: number;
}

/** By protocol number. */
export type ProtocolSums = Map<number, Sums>;

export interface Collected {
  readonly sums: ProtocolSums;
  /** Gaps in the sequence numbers that the collector saw. */
  readonly sequenceFailures: number;
  /** Messages that the collector could not read. */
  readonly badMessages: number;
  /** What it printed. */
  readonly log: string;
}

const PATIENCE_MS = 30_000;

/** Adds flows to the sums of a protocol. */
export function addSums(sums: ProtocolSums, protocol: number, { flows, packets, octets }: Sums): void {
  const sum = sums.get(protocol) ?? { flows: 0, packets: 0, octets: 0 };
  sum.flows += flows;
  sum.packets += packets;
  sum.octets += octets;
  sums.set(protocol, sum);
}

/** A collector that listens. It is ended with the test that started it. */
export abstract class Collector {
  protected log = '';

  protected constructor(
    readonly folder: string,
    readonly port: number,
    protected readonly child: ChildProcess,
  ) {
    const keep = (piece: Buffer): void => void (this.log += piece.toString('latin1'));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Sends messages no faster than the collector reads them; resolves when it has read them all. */
  send(messages: readonly Uint8Array[]): Promise<void> {
    return sendDatagrams(messages, this.port, this.pid);
  }

  /** Resolves when the collector has read what others sent to it. */
  untilRead(): Promise<void> {
    return untilRead(this.port, this.pid);
  }

  /** Ends the collector and tells what it collected; one that does not tell what it has read is given time to have that many flows. */
  abstract collect(flows: number): Promise<Collected>;

  protected async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const closed = once(this.child, 'close');
      this.child.kill(signal);
      await closed;
    }
  }
}

/** nfcapd of nfdump, read with nfdump. */
export class Nfcapd extends Collector {
  static async start(): Promise<Nfcapd> {
    const folder = temporaryFolder();
    // Port 0: the kernel chooses.
    const child = begin('nfcapd', ['-w', folder, '-b', '127.0.0.1', '-p', '0', '-t', '3600', '-C', 'none'], folder);
    return new Nfcapd(folder, await listeningPort(child), child);
  }

  async collect(): Promise<Collected> {
    // What it has read it writes before it ends.
    await this.untilRead();
    await this.end('SIGTERM');
    const [, sequenceErrors, bad] = /Sequence Errors: (\d+), Bad Packets: (\d+)/.exec(this.log) ?? [];
    if (sequenceErrors === undefined) throw new Error(`nfcapd: ${this.log}`);
    return {
      sums: await this.#sums(),
      sequenceFailures: Number(sequenceErrors),
      badMessages: Number(bad),
      log: this.log,
    };
  }

  /** The records as nfdump prints them with that `-o` mode, a line each. Only after `collect`. */
  async records(mode: string, ...words: readonly string[]): Promise<string[]> {
    const { exitCode, stdout, stderr } = await run('nfdump', ['-R', this.folder, '-q', '-N', '-o', mode, ...words]);
    if (exitCode !== 0) throw new Error(`nfdump: ${stderr}`);
    return stdout.split('\n').filter((line) => line.trim() !== '');
  }

  async #sums(): Promise<ProtocolSums> {
    const sums: ProtocolSums = new Map();
    for (const line of await this.records('fmt:%pr %fl %pkt %byt', '-A', 'proto')) {
      const [protocol, flows, packets, octets] = line.trim().split(/\s+/);
      addSums(sums, Number(protocol), {
        flows: Number(flows),
        packets: Number(packets),
        octets: Number(octets),
      });
    }
    return sums;
  }
}

/** nfacctd of pmacct, which writes JSON. */
export class Nfacctd extends Collector {
  /** `aggregate` is what its records are told apart by, beside the protocol. */
  static async start(aggregate: readonly string[] = []): Promise<Nfacctd> {
    const folder = temporaryFolder();
    const file = path.join(folder, 'nfacctd.conf');
    for (let attempt = 0; ; attempt++) {
      const port = await freeUdpPort();
      fs.writeFileSync(file, nfacctdSettings(folder, port, aggregate));
      const child = begin('nfacctd', ['-f', file], folder);
      try {
        const collector = new Nfacctd(folder, port, child);
        await listeningPort(child, port);
        await collector.#untilReady();
        return collector;
      } catch (error) {
        // Somebody else may have taken the port meanwhile.
        if (attempt === 4) throw error;
      }
    }
  }

  async collect(flows: number): Promise<Collected> {
    await this.untilRead();
    const end = Date.now() + PATIENCE_MS;
    while (this.#flows() < flows && Date.now() < end) await sleep(100);
    await this.end('SIGINT');
    const sums: ProtocolSums = new Map();
    for (const record of this.records()) {
      addSums(sums, Number(record.ip_proto), {
        flows: Number(record.flows),
        packets: Number(record.packets),
        octets: Number(record.bytes),
      });
    }
    const failures = this.log.match(/expecting (flow|sequence)[^\n]*/gi)?.length ?? 0;
    const bad = this.log.match(/discarded|unknown template|malformed/gi)?.length ?? 0;
    return { sums, sequenceFailures: failures, badMessages: bad, log: this.log };
  }

  /** What it wrote until now. */
  records(): Record<string, unknown>[] {
    const file = path.join(this.folder, 'flows.json');
    if (!fs.existsSync(file)) return [];
    return fs
      .readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Its writing process misses what comes before it has begun. */
  async #untilReady(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!this.log.includes('JSON: setting object handlers') && Date.now() < end) await sleep(20);
  }

  #flows(): number {
    return this.records().reduce((sum, { flows }) => sum + Number(flows), 0);
  }
}

function nfacctdSettings(folder: string, port: number, aggregate: readonly string[]): string {
  return [
    'daemonize: false',
    'nfacctd_ip: 127.0.0.1',
    `nfacctd_port: ${port}`,
    // Sequence numbers are checked and gaps logged.
    'nfacctd_disable_checks: false',
    'plugins: print[flows]',
    `aggregate[flows]: ${['proto', 'flows', ...aggregate].join(', ')}`,
    'print_num_protos[flows]: true',
    'print_refresh_time[flows]: 1',
    'print_output[flows]: json',
    `print_output_file[flows]: ${path.join(folder, 'flows.json')}`,
    'print_output_file_append[flows]: true',
    '',
  ].join('\n');
}

function begin(program: string, words: readonly string[], folder: string): ChildProcess {
  const child = spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The port that a process has begun to listen at; waits for `expected` when it is to be a certain one. */
async function listeningPort(child: ChildProcess, expected?: number): Promise<number> {
  const end = Date.now() + PATIENCE_MS;
  while (child.pid !== undefined && child.exitCode === null && Date.now() < end) {
    const socket = udpSocketsOf(child.pid).find(({ port }) => port === (expected ?? port) && port !== 0);
    if (socket !== undefined) return socket.port;
    await sleep(20);
  }
  child.kill('SIGKILL');
  throw new Error(`${child.spawnfile} does not listen at ${expected ?? 'any'} UDP port`);
}
