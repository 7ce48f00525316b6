import { openSync, closeSync, mkdtempSync, mkdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, median } from './measure.mjs';
import { toldWord } from './tools.mjs';
import { openUdpSink } from './udp-sink.mjs';

/**
 * Runs tools over one trace: a warm-up run each, whose counts are checked, then `runs` rounds of every tool in turn, so
 * that a machine that slows down slows all of them.
 *
 * @param {object} options
 * @param {import('../generate-traffic.mjs').TraceDescription} options.trace
 * @param {string} options.title
 * @param {import('./tools.mjs').Tool[]} options.tools
 * @param {number} options.runs
 * @param {string} options.directory where outputs go for the moment
 * @param {boolean} options.keep leave the warm-up runs' outputs there
 * @param {(line: string) => void} options.say
 * @returns {Promise<{ report: import('./report.mjs').CaseReport, faults: string[] }>}
 */
export async function runCase({ trace, title, tools, runs, directory, keep, say }) {
  mkdirSync(directory, { recursive: true });
  const workspace = mkdtempSync(join(directory, 'run-'));
  const sink = await openUdpSink();
  const faults = [];
  try {
    readWhole(trace.path);
    const entries = [];
    for (const tool of tools) {
      const entry = { tool, measurements: [], counts: undefined };
      const work = startWork(workspace, trace, tool, sink);
      const { output, wallSeconds } = await measure(tool.command(work));
      entry.counts = tool.count(work, output);
      say(`${trace.case}: ${tool.name} warmed up in ${wallSeconds.toFixed(2)} s`);
      faults.push(...checkCounts(tool, entry.counts, trace));
      if (keep) say(`kept: ${work.directory}`);
      else rmSync(work.directory, { recursive: true });
      entries.push(entry);
    }
    for (let round = 1; round <= runs; round++) {
      for (const { tool, measurements } of entries) {
        const work = startWork(workspace, trace, tool, sink);
        measurements.push(await measure(tool.command(work)));
        rmSync(work.directory, { recursive: true });
      }
      say(`${trace.case}: round ${round} of ${runs} done`);
    }
    const results = entries.map((entry) => summarize(entry, { trace: 'TRACE', directory: 'DIR', udpPort: 'PORT' }));
    return { report: { trace, title, results }, faults };
  } finally {
    sink.close();
    if (!keep) rmSync(workspace, { recursive: true, force: true });
  }
}

function startWork(workspace, trace, tool, sink) {
  sink.take();
  return {
    trace: trace.path,
    directory: mkdtempSync(join(workspace, `${tool.name}-`)),
    udpPort: sink.port,
  };
}

/** Reads a file once, so that it is in the page cache before anything is measured. */
function readWhole(path) {
  const buffer = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  while (readSync(file, buffer) > 0);
  closeSync(file);
}

/** @returns {string[]} what is wrong; a peer that does not tell its counts is not at fault */
function checkCounts(tool, counts, trace) {
  const faults = [];
  if (counts.packets !== undefined && counts.packets !== trace.packets) {
    faults.push(`${trace.case}: ${tool.name} counted ${counts.packets} packets, the trace has ${trace.packets}`);
  }
  if (!tool.name.startsWith('weir')) return faults;
  if (counts.octets !== trace.ipOctets) {
    faults.push(`${trace.case}: ${tool.name} metered ${counts.octets} octets, the trace has ${trace.ipOctets}`);
  }
  if (counts.records !== trace.expected.records) {
    faults.push(`${trace.case}: ${tool.name} made ${counts.records} records, ${trace.expected.records} are right`);
  }
  return faults;
}

function summarize({ tool, measurements, counts }, placeholders) {
  const walls = measurements.map((measurement) => measurement.wallSeconds);
  return {
    tool,
    counts,
    wallSeconds: median(walls),
    fastestSeconds: Math.min(...walls),
    slowestSeconds: Math.max(...walls),
    cpuSeconds: median(measurements.map((measurement) => measurement.cpuSeconds)),
    peakOctets: Math.max(...measurements.map((measurement) => measurement.peakOctets)),
    command: tool.command(placeholders).map(toldWord),
  };
}
