/** The programs that are compared: each captures from the link and sends IPFIX to a port of this machine. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { BACKENDS } from '../../../dist/capture/live/backends.js';
import { ControlClient } from '../../../dist/observe/control-client.js';
import { cpuNs, LINK, RECEIVER_PROCESSOR } from './lab.mjs';

const WEIR = fileURLToPath(new URL('../../../bin/weir', import.meta.url));
const COLLECT = new URL('./collect.mjs', import.meta.url).href;
/** Longer than a round over all flows, and all that lies between two runs: no flow ends while it is measured. */
const IDLE_S = 300;
const ACTIVE_S = 1_800;
const MOST_FLOWS = 2_000_000;
const BUFFER_OCTETS = 64 << 20;

/** Names of the meters that can run here, and why the others cannot. */
export function presentMeters(names) {
  return names.filter((name) => {
    const missing = missingOf(name);
    if (missing !== null) console.log(`${name} is left out: ${missing}`);
    return missing === null;
  });
}

function missingOf(name) {
  if (name === 'softflowd') return spawnSync('softflowd', ['-h']).error === undefined ? null : 'it is not installed';
  const backend = BACKENDS.find((each) => `weir ${each.name}` === name);
  return backend === undefined ? 'there is no such meter' : backend.missing();
}

/** Starts a meter; resolves when it captures. `workers` and `idleSeconds` are for weir. */
export async function startMeter(name, { folder, port, workers = 1, idleSeconds = IDLE_S }) {
  const meter =
    name === 'softflowd'
      ? new Softflowd(folder, port)
      : new Weir(name.split(' ')[1], folder, port, workers, idleSeconds);
  await meter.start();
  return meter;
}

class Meter {
  told = '';

  /** @param pinned false when it may use all processors */
  constructor(command, pinned, environment = {}) {
    const words = pinned ? ['taskset', '-c', RECEIVER_PROCESSOR, ...command] : command;
    const env = { ...process.env, ...environment };
    this.child = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (piece) => (this.told += piece));
    this.ended = once(this.child, 'close');
  }

  get pid() {
    return this.child.pid;
  }

  cpuNs() {
    return cpuNs(this.pid);
  }

  async end() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

export class Weir extends Meter {
  #socket;
  #client = null;

  constructor(backend, folder, port, workers, idleSeconds) {
    const socket = path.join(folder, 'weir.sock');
    super(
      [
        ...[WEIR, 'live', '-i', LINK, '--capture', backend, '--workers', String(workers)],
        ...['--idle-timeout', `${idleSeconds}s`, '--active-timeout', `${ACTIVE_S}s`, '--max-flows', String(MOST_FLOWS)],
        ...['--socket', socket, '--stats', 'none', '-o', `ipfix+udp://127.0.0.1:${port}`],
      ],
      workers === 1,
      { NODE_OPTIONS: `--import=${COLLECT}` },
    );
    this.#socket = socket;
  }

  async start() {
    while (!/captures from/.test(this.told)) {
      if (this.child.exitCode !== null) throw new Error(`weir ended: ${this.told}`);
      await sleep(20);
    }
    this.#client = await ControlClient.connect(this.#socket);
  }

  status() {
    return this.#client.ask('status');
  }

  /** Has its first thread collect all garbage. @returns {Promise<number>} octets of its heap that are left */
  async collect() {
    const from = this.told.length;
    process.kill(this.pid, 'SIGUSR2');
    for (;;) {
      const left = /heap after collection: (\d+) octets\n/.exec(this.told.slice(from));
      if (left !== null) return Number(left[1]);
      if (this.child.exitCode !== null) throw new Error(`weir ended: ${this.told}`);
      await sleep(20);
    }
  }

  /** @returns {Promise<{ received: number, flows: number }>} packets that it has metered, flows that are live */
  async counts() {
    const { ledger } = await this.status();
    return { received: ledger.packets.received, flows: ledger.flows.live };
  }

  async end() {
    this.#client?.close();
    await super.end();
  }
}

class Softflowd extends Meter {
  #socket;

  constructor(folder, port) {
    const socket = path.join(folder, 'softflowd.ctl');
    super(
      [
        ...['softflowd', '-d', '-b', '-v', '10', '-i', LINK, '-m', String(MOST_FLOWS), '-B', String(BUFFER_OCTETS)],
        ...['-c', socket, '-p', path.join(folder, 'softflowd.pid'), '-n', `127.0.0.1:${port}`],
        ...['tcp', 'tcp.rst', 'tcp.fin', 'udp', 'icmp', 'general'].flatMap((name) => ['-t', `${name}=${IDLE_S}`]),
        ...['-t', `maxlife=${ACTIVE_S}`],
      ],
      true,
    );
    this.#socket = socket;
  }

  async start() {
    while (this.#ask() === null) {
      if (this.child.exitCode !== null) throw new Error(`softflowd ended: ${this.told}`);
      await sleep(50);
    }
  }

  async counts() {
    const text = this.#ask() ?? '';
    const number = (pattern) => Number(pattern.exec(text)?.[1]);
    return { received: number(/Packets processed: (\d+)/), flows: number(/Number of active flows: (\d+)/) };
  }

  #ask() {
    const { status, stdout } = spawnSync('softflowctl', ['-c', this.#socket, 'statistics'], { encoding: 'utf8' });
    return status === 0 ? stdout : null;
  }
}

/** Null when it is not there. */
export function softflowdVersion() {
  // It ends with an error, but says it.
  const { error, stderr, stdout } = spawnSync('softflowd', ['-h'], { encoding: 'utf8' });
  return error === undefined ? (/version (\d[\d.]*\d)/.exec(stdout + stderr)?.[1] ?? 'unknown') : null;
}
