import { isMet, SPEED_TARGETS } from './targets.mjs';

/**
 * @typedef {object} Result one tool on one case
 * @property {import('./tools.mjs').Tool} tool
 * @property {number} wallSeconds median
 * @property {number} cpuSeconds median
 * @property {number} fastestSeconds
 * @property {number} slowestSeconds
 * @property {number} peakOctets largest
 * @property {import('./tools.mjs').Counts} counts
 * @property {string[]} command with the run's directory as DIR and the UDP port as PORT
 *
 * @typedef {object} CaseReport
 * @property {import('../generate-traffic.mjs').TraceDescription} trace
 * @property {string} title
 * @property {Result[]} results
 */

const COMPARED_WITH = ['tcpdump', 'softflowd', 'nfpcapd'];

/**
 * @param {CaseReport} report
 * @returns {string[][]} rows, the first one the header
 */
export function resultRows(report) {
  const { trace, results } = report;
  const peers = COMPARED_WITH.map((name) => results.find((result) => result.tool.name === name));
  const header = ['tool', 'Mpps', 'wall s', '(spread)', 'CPU s', 'Mpps/CPU s', 'peak MB', 'packets', 'records'];
  const rows = results.map((result) => [
    result.tool.name,
    millions(trace.packets / result.wallSeconds),
    result.wallSeconds.toFixed(2),
    `${result.fastestSeconds.toFixed(2)}–${result.slowestSeconds.toFixed(2)}`,
    result.cpuSeconds.toFixed(2),
    millions(trace.packets / result.cpuSeconds),
    (result.peakOctets / 1e6).toFixed(0),
    count(result.counts.packets, trace.packets),
    result.counts.records?.toLocaleString('en') ?? '–',
    ...peers.map((peer) => (peer === undefined ? '–' : times(peer.wallSeconds / result.wallSeconds))),
  ]);
  return [[...header, ...COMPARED_WITH.map((name) => `÷ ${name}`)], ...rows];
}

function millions(value) {
  return (value / 1e6).toFixed(2);
}

function times(ratio) {
  return `${ratio.toFixed(2)} ×`;
}

function count(packets, expected) {
  if (packets === undefined) return '–';
  return packets === expected ? 'all' : `${packets.toLocaleString('en')} (!)`;
}

/**
 * @param {CaseReport[]} reports
 * @returns {string[][]} target, required, reached, verdict; only of pairs that were measured. The ratio of processor time
 *   stands beside that of wall time, which counts, because a busy machine disturbs it less
 */
export function targetRows(reports) {
  const rows = [];
  for (const target of SPEED_TARGETS) {
    const results = reports.find((report) => report.trace.case === target.caseName)?.results ?? [];
    const own = results.find((result) => result.tool.name === target.tool);
    const peer = results.find((result) => result.tool.name === target.peer);
    if (own === undefined || peer === undefined) continue;
    const ratio = peer.wallSeconds / own.wallSeconds;
    const required = `${target.isStrict === true ? '>' : '≥'} ${target.atLeast} ×`;
    const verdict = isMet(target, ratio) ? 'met' : 'missed';
    const isSameTool = target.tool.startsWith('weir') && target.peer.startsWith('weir');
    const cpuRatio = isSameTool ? '–' : times(peer.cpuSeconds / own.cpuSeconds);
    rows.push([target.caseName, `${target.tool} ÷ ${target.peer}`, required, times(ratio), cpuRatio, verdict]);
  }
  return rows.length === 0 ? [] : [['case', 'speed of', 'required', 'reached', 'per CPU s', ''], ...rows];
}

/** @param {import('../generate-traffic.mjs').TraceDescription} trace */
export function describeTrace(trace) {
  const share = (part) => `${Math.round((100 * part) / trace.packets)} %`;
  const { packetsBy, expected } = trace;
  return (
    `${trace.packets.toLocaleString('en')} packets of ${trace.conversations.toLocaleString('en')} conversations in ` +
    `${trace.seconds.toFixed(0)} s; ${share(packetsBy.ipv4)} IPv4, ${share(packetsBy.ipv6)} IPv6, ` +
    `${share(packetsBy.tcp)} TCP, ${share(packetsBy.udp)} UDP; mean frame ${Math.round(trace.wireOctets / trace.packets)} octets, ` +
    `snap length ${trace.snapLengthOctets}, file ${(trace.fileOctets / 1e9).toFixed(2)} GB. A biflow meter with an idle ` +
    `timeout of 30 s finds ${expected.records.toLocaleString('en')} records (${expected.endedByTcp.toLocaleString('en')} ` +
    `ended by TCP, ${expected.endedByIdle.toLocaleString('en')} by idle timeout, ${expected.atEnd.toLocaleString('en')} live at ` +
    `the end) and has ${expected.liveMean.toLocaleString('en')} live flows on average in the second half, ` +
    `${expected.livePeak.toLocaleString('en')} at most`
  );
}

/**
 * @param {string[][]} rows
 * @returns {string} aligned for a terminal, first column to the left
 */
export function alignRows(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/**
 * @param {string[][]} rows
 * @param {{ ofFigures: boolean }} kind figures stand to the right, all but the first column
 */
export function markdownTable(rows, { ofFigures }) {
  const rule = rows[0].map((_, column) => (ofFigures && column > 0 ? '---:' : '---'));
  return [rows[0], rule, ...rows.slice(1)].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
