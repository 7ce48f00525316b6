/**
 * The live sensor under load: what it loses, what a packet costs in CPU time, and how it compares with softflowd, over a veth
 * pair in a network namespace. As root on Linux, by hand, after a build; wants a C compiler and two processors.
 *   node bench/live/run.mjs                                  # all but the soak, some minutes
 *   node bench/live/run.mjs --quick                          # short runs: does it work?
 *   node bench/live/run.mjs --cases capture,sensor,fanout,soak
 *   node bench/live/run.mjs --cases soak --minutes 10 [--rate 200000]
 * Prints tables in Markdown, and each target with what was reached; exit code 1 when a target was missed.
 */
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { parseArgs } from 'node:util';

import { describeMachine } from '../lib/machine.mjs';
import { openUdpSink } from '../lib/udp-sink.mjs';
import { captureCase, fanoutCase, senderSpeed, sensorCase } from './lib/cases.mjs';
import { Lab } from './lib/lab.mjs';
import { presentMeters, softflowdVersion } from './lib/meters.mjs';
import { soakCase } from './lib/soak.mjs';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: 'capture,sensor,fanout' },
    seconds: { type: 'string' },
    rounds: { type: 'string' },
    flows: { type: 'string' },
    rates: { type: 'string' },
    backends: { type: 'string', default: 'afpacket,libpcap,pcap,cap' },
    meters: { type: 'string', default: 'weir afpacket,weir libpcap,weir pcap,weir cap,softflowd' },
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string' },
    quick: { type: 'boolean', default: false },
    inside: { type: 'boolean', default: false },
  },
});

if (values.inside) process.exitCode = await measure();
else {
  const words = ['-n', process.execPath, ...process.argv.slice(1), '--inside'];
  process.exitCode = spawnSync('unshare', words, { stdio: 'inherit' }).status ?? 1;
}

async function measure() {
  const list = (text) => text.split(',').filter((each) => each !== '');
  const numbers = (text) => list(text).map(Number);
  const meters = presentMeters(list(values.meters));
  const lab = new Lab();
  const sink = await openUdpSink();
  const backends = list(values.backends).filter((name) => meters.includes(`weir ${name}`));
  const given = {
    lab,
    sink,
    meters,
    backends,
    flowCounts: numbers(values.flows ?? (values.quick ? '16384' : '16384,1000000')),
    rates: numbers(values.rates ?? (values.quick ? '300000,0' : '100000,300000,0')),
    fillSeconds: values.quick ? 2 : 10,
    seconds: Number(values.seconds ?? (values.quick ? 2 : 5)),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    minutes: Number(values.minutes),
    rate: values.rate === undefined ? null : Number(values.rate),
    backend: backends[0],
  };
  const cases = { capture: captureCase, sensor: sensorCase, fanout: fanoutCase, soak: soakCase };
  try {
    for (const [name, value] of describeMachine()) console.log(`${name}: ${value}`);
    console.log(`softflowd: ${softflowdVersion() ?? 'not installed'}`);
    console.log(`Load before: ${os.loadavg()[0].toFixed(1)}`);
    const alone = await senderSpeed(lab, given.seconds);
    console.log(`Sender alone: ${Math.round(alone).toLocaleString('en-US')} packets/s of 90 octets`);
    const targets = [];
    for (const name of list(values.cases)) targets.push(...(await cases[name](given)));
    return report(targets);
  } finally {
    sink.close();
    lab.remove();
  }
}

/** @returns the exit code */
function report(targets) {
  console.log('');
  let missed = 0;
  for (const { text, ratio, most } of targets) {
    const isMet = ratio <= most;
    if (!isMet) missed++;
    console.log(`${isMet ? 'met   ' : 'MISSED'} ${text}: ${ratio.toFixed(3)}, at most ${most.toFixed(3)}`);
  }
  return missed === 0 ? 0 : 1;
}
