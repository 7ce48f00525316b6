import { describeMachine } from './machine.mjs';
import { describeTrace, markdownTable, resultRows, targetRows } from './report.mjs';

/**
 * The page docs/performance.md.
 * @param {object} run
 * @param {import('./report.mjs').CaseReport[]} run.reports
 * @param {import('./tools.mjs').Tool[]} run.present
 * @param {import('./tools.mjs').Tool[]} run.absent
 * @param {string[][]} run.memoryRows empty when memory was not measured
 * @param {number} run.runs
 * @param {string} run.invocation the command line that made the page
 * @returns {Promise<string>} Markdown, formatted as the repository's other pages
 */
export async function performancePage({ reports, present, absent, memoryRows, runs, invocation }) {
  const parts = [
    '# Performance',
    `This page is generated: \`${invocation}\`. Do not edit it.`,
    'One process per case and tool. Every tool runs once to warm up and to have its counts checked, then ' +
      `${runs} time${runs === 1 ? '' : 's'} in turn with the others; the tables show medians, and the fastest and slowest run as ` +
      'spread. The traces are in the page cache. Mpps is millions of packets per second of wall time, Mpps/CPU s per second of ' +
      'processor time of all threads, and the last columns are speeds (wall time) relative to a peer. Peak memory is the largest resident ' +
      'set; below some 10 MB it is that of the measuring wrapper.',
    '## Where',
    markdownTable([['', ''], ...describeMachine()], { ofFigures: false }),
    markdownTable([['tool', 'version', 'does'], ...present.map(describeTool)], { ofFigures: false }),
  ];
  if (absent.length > 0) parts.push(`Not measured, because not there: ${absent.map((tool) => tool.name).join(', ')}.`);
  const targets = targetRows(reports);
  if (targets.length > 0) parts.push('## Targets', markdownTable(targets, { ofFigures: true }));
  parts.push('## Results');
  for (const report of reports) {
    const { trace } = report;
    parts.push(
      `### ${trace.case}: ${report.title}`,
      `${describeTrace(trace)}. SHA-256 of the trace: \`${trace.sha256}\`.`,
      markdownTable(resultRows(report), { ofFigures: true }),
    );
  }
  if (memoryRows.length > 0) parts.push('## Memory', MEMORY_METHOD, markdownTable(memoryRows, { ofFigures: true }));
  parts.push('## Commands', COMMAND_NOTE, `\`\`\`sh\n${commandLines(reports)}\n\`\`\``);
  return format(`${parts.join('\n\n')}\n`);
}

function describeTool(tool) {
  return [tool.name, tool.version(), tool.what];
}

const MEMORY_METHOD =
  'Base is the peak resident set while 1 M packets of 10 conversations are replayed. Octets per live flow are the rise of the ' +
  'peak from there to the trace with 1 M flows, divided by the most flows that are live at once in it.';

const COMMAND_NOTE =
  'The traces come from `node bench/generate-traffic.mjs`. TRACE is the case’s file, DIR an empty directory, PORT a ' +
  'UDP port on loopback where the benchmark takes the datagrams.';

function commandLines(reports) {
  const lines = new Set();
  for (const report of reports) {
    for (const result of report.results) lines.add(result.command.map(quote).join(' '));
  }
  return [...lines].join('\n');
}

function quote(argument) {
  return /^[\w./:=,@%+-]+$/.test(argument) ? argument : `'${argument}'`;
}

/** Formats as `npm run check` expects it. */
async function format(markdown) {
  const { format: prettify, resolveConfig } = await import('prettier');
  const options = await resolveConfig(new URL('../../docs/performance.md', import.meta.url));
  return prettify(markdown, { ...options, parser: 'markdown' });
}
