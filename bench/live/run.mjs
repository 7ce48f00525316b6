/**
 * Loss and CPU time a packet of each back-end, counting and metering, at fixed rates and at the sender's top speed, over a
 * veth pair in a network namespace. As root on Linux, by hand, after a build:
 *   node bench/live/run.mjs [--seconds 4] [--flows 16384] [--rates 100000,500000,0] [--backends afpacket,libpcap,pcap,cap]
 * The sender runs on the first processor, the receiver on the second: on veth the kernel's copy into the ring is the sender's
 * work. Prints a table in Markdown.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const folder = path.dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    flows: { type: 'string', default: '16384' },
    rates: { type: 'string', default: '100000,500000,0' },
    backends: { type: 'string', default: 'afpacket,libpcap,pcap,cap' },
    modes: { type: 'string', default: 'count,meter' },
    inside: { type: 'boolean', default: false },
  },
});

if (values.inside) await measure();
else
  process.exitCode = spawnSync('unshare', ['-n', process.execPath, ...process.argv.slice(1), '--inside'], {
    stdio: 'inherit',
  }).status;

async function measure() {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-bench-'));
  const sender = path.join(temporary, 'sender');
  execFileSync('cc', ['-O2', '-o', sender, path.join(folder, 'sender.c')]);
  fs.writeFileSync('/proc/sys/net/ipv6/conf/all/disable_ipv6', '1');
  for (const words of ['link add v0 type veth peer name v1', 'link set v0 up', 'link set v1 up'])
    execFileSync('ip', words.split(' '));
  const load = os.loadavg()[0].toFixed(1);
  console.log(
    `${os.cpus()[0].model}, Linux ${os.release()}, Node.js ${process.version}, load before ${load}; ${values.flows} flows\n`,
  );
  console.log('| back-end | work | offered packets/s | lost | CPU ns/packet |');
  console.log('| --- | --- | ---: | ---: | ---: |');
  try {
    for (const rate of values.rates.split(',')) {
      for (const mode of values.modes.split(',')) {
        for (const backend of values.backends.split(',')) console.log(await row(sender, backend, mode, rate));
      }
    }
  } finally {
    fs.rmSync(temporary, { recursive: true });
  }
}

async function row(sender, backend, mode, rate) {
  const words = ['-c', '1', process.execPath, path.join(folder, 'receive.mjs'), backend, mode];
  const receiver = spawn('taskset', words, { stdio: ['pipe', 'pipe', 'ignore'] });
  let output = '';
  receiver.stdout.on('data', (piece) => (output += piece));
  while (!output.includes('ready')) await once(receiver.stdout, 'data');
  const sending = spawn('taskset', ['-c', '0', sender, 'v0', values.flows, rate, values.seconds]);
  let told = '';
  sending.stdout.on('data', (piece) => (told += piece));
  await once(sending, 'close');
  receiver.stdin.end();
  await once(receiver, 'close');
  const { sent, seconds } = JSON.parse(told);
  const { received, nsPerPacket } = JSON.parse(output.trim().split('\n').at(-1));
  const offered = Math.round(sent / seconds).toLocaleString('en-US');
  const lost = ((100 * (sent - received)) / sent).toFixed(2);
  return `| ${backend} | ${mode} | ${offered} | ${lost} % | ${nsPerPacket} |`;
}
