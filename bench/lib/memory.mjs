import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { provideTrace } from '../generate-traffic.mjs';
import { measure, median } from './measure.mjs';
import { MOST_BASE_OCTETS, MOST_OCTETS_PER_LIVE_FLOW } from './targets.mjs';

/**
 * Octets per live flow: how much the peak resident set of one worker grows from a trace with hardly any flow to the one
 * with a million, divided by the most flows that are live at once.
 *
 * @param {object} options
 * @param {import('./tools.mjs').Tool} options.tool weir with one worker
 * @param {string} options.directory
 * @param {number} options.runs
 * @param {number | undefined} options.packets of the large trace, undefined for its full size
 * @returns {Promise<{ baseOctets: number, octetsPerLiveFlow: number, livePeak: number }>} medians
 */
export async function measureMemory({ tool, directory, runs, packets }) {
  const few = provideTrace({ caseName: 'flows-10', directory });
  const many = provideTrace({ caseName: 'flows-1m', packets, directory });
  const base = await medianPeak(tool, few, directory, runs);
  const full = await medianPeak(tool, many, directory, runs);
  const livePeak = many.expected.livePeak;
  return {
    baseOctets: base,
    octetsPerLiveFlow: (full - base) / livePeak,
    livePeak,
  };
}

async function medianPeak(tool, trace, directory, runs) {
  mkdirSync(directory, { recursive: true });
  const peaks = [];
  for (let run = 0; run < runs; run++) {
    const output = mkdtempSync(join(directory, 'memory-'));
    try {
      const { peakOctets } = await measure(tool.command({ trace: trace.path, directory: output, udpPort: 0 }));
      peaks.push(peakOctets);
    } finally {
      rmSync(output, { recursive: true });
    }
  }
  return median(peaks);
}

/**
 * @param {Awaited<ReturnType<typeof measureMemory>>} memory
 * @returns {string[][]} rows for a table, the first one the header
 */
export function memoryRows({ baseOctets, octetsPerLiveFlow, livePeak }) {
  const verdict = (value, most) => (value <= most ? 'met' : 'missed');
  return [
    ['memory of weir-1', 'required', 'reached', ''],
    [
      'process without flows',
      `≤ ${MOST_BASE_OCTETS / 1e6} MB`,
      `${(baseOctets / 1e6).toFixed(1)} MB`,
      verdict(baseOctets, MOST_BASE_OCTETS),
    ],
    [
      `per live flow, at ${livePeak.toLocaleString('en')}`,
      `≤ ${MOST_OCTETS_PER_LIVE_FLOW} octets`,
      `${octetsPerLiveFlow.toFixed(0)} octets`,
      verdict(octetsPerLiveFlow, MOST_OCTETS_PER_LIVE_FLOW),
    ],
  ];
}
