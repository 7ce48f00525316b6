/** The wire of the benchmark: a veth pair v0 - v1 in a network namespace of this process, and what sends into v0. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** On veth the kernel's copy into the ring is the sender's work, so both have a processor of their own. */
export const SENDER_PROCESSOR = '0';
export const RECEIVER_PROCESSOR = '1';
export const LINK = 'v1';

export class Lab {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-bench-'));
  #sender = path.join(this.folder, 'sender');

  constructor() {
    execFileSync('cc', ['-O2', '-o', this.#sender, fileURLToPath(new URL('../sender.c', import.meta.url))]);
    // So that nobody else sends anything.
    fs.writeFileSync('/proc/sys/net/ipv6/conf/all/disable_ipv6', '1');
    fs.writeFileSync('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1');
    for (const words of ['link add v0 type veth peer name v1', 'link set lo up', 'link set v0 up', 'link set v1 up'])
      execFileSync('ip', words.split(' '));
  }

  /**
   * Sends packets; `rate` 0 is as fast as it goes.
   * @returns {Promise<{ sent: number, refused: number, seconds: number }>}
   */
  async send({ flows, rate, seconds, isMixed = false, rounds = 0 }) {
    const words = ['v0', flows, rate, seconds, isMixed ? 'mixed' : 'plain', rounds].map(String);
    const sending = spawn('taskset', ['-c', SENDER_PROCESSOR, this.#sender, ...words]);
    let told = '';
    sending.stdout.on('data', (piece) => (told += piece));
    await once(sending, 'close');
    return JSON.parse(told);
  }

  remove() {
    fs.rmSync(this.folder, { recursive: true });
  }
}

/** CPU time of all threads of a process, user and system, ns. Threads that have ended are left out. */
export function cpuNs(pid) {
  let sum = 0;
  for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
    sum += Number(fs.readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return sum;
}
