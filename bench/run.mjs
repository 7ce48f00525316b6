#!/usr/bin/env node
/**
 * Measures weir beside its peers on generated traces: `node bench/run.mjs --help`.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_DIRECTORY, FEWEST_PACKETS, provideTrace } from './generate-traffic.mjs';
import { CASES } from './lib/cases.mjs';
import { measureMemory, memoryRows } from './lib/memory.mjs';
import { performancePage } from './lib/page.mjs';
import { alignRows, describeTrace, resultRows, targetRows } from './lib/report.mjs';
import { runCase } from './lib/session.mjs';
import { TOOLS } from './lib/tools.mjs';

const MEASURED_CASES = Object.keys(CASES).filter((name) => CASES[name].isMeasured);
const MEMORY = 'memory';
const QUICK_PACKETS = 200_000;

const HELP = `Usage: node bench/run.mjs [options]

  --cases A,B      of ${[...MEASURED_CASES, MEMORY].join(', ')} (default: all)
  --tools A,B      of ${TOOLS.map((tool) => tool.name).join(', ')} (default: all that are installed)
  --runs N         measured runs of each tool (default 5)
  --packets N      packets in each trace (default: the case's own)
  --quick          the same as --packets ${QUICK_PACKETS} --runs 1: a smoke test, its figures mean little
  --dir DIRECTORY  where traces are kept and outputs go for the moment (default ${DEFAULT_DIRECTORY})
  --keep           leave the outputs of the warm-up runs there
  --write FILE     also write the results as a Markdown page
  --help

Exit codes: 0 done; 1 a tool failed, or its counts are wrong; 2 wrong usage.
`;

class UsageError extends Error {}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        cases: { type: 'string', default: [...MEASURED_CASES, MEMORY].join() },
        tools: { type: 'string' },
        runs: { type: 'string' },
        packets: { type: 'string' },
        quick: { type: 'boolean', default: false },
        dir: { type: 'string', default: DEFAULT_DIRECTORY },
        keep: { type: 'boolean', default: false },
        write: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const toolNames = TOOLS.map((tool) => tool.name);
  return {
    cases: readList('--cases', values.cases, [...MEASURED_CASES, MEMORY]),
    tools: values.tools === undefined ? undefined : readList('--tools', values.tools, toolNames),
    runs: readCount('--runs', values.runs) ?? (values.quick ? 1 : 5),
    packets: readCount('--packets', values.packets, FEWEST_PACKETS) ?? (values.quick ? QUICK_PACKETS : undefined),
    directory: values.dir,
    keep: values.keep,
    write: values.write,
    help: values.help,
  };
}

function readList(option, text, known) {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(`${option}: unknown '${unknown}', expected of ${known.join(', ')}`);
  if (names.length === 0) throw new UsageError(`${option}: empty, expected of ${known.join(', ')}`);
  return names;
}

function readCount(option, text, least = 1) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UsageError(`${option}: '${text}' is no count, expected a whole number from ${least}`);
  }
  return value;
}

const say = (line) => void process.stderr.write(`${line}\n`);
const print = (text) => void process.stdout.write(`${text}\n`);

/** @returns {{ present: import('./lib/tools.mjs').Tool[], absent: import('./lib/tools.mjs').Tool[] }} of the tools asked for */
function chooseTools(names) {
  const asked = names === undefined ? TOOLS : TOOLS.filter((tool) => names.includes(tool.name));
  const present = asked.filter((tool) => tool.isPresent());
  const absent = asked.filter((tool) => !tool.isPresent());
  for (const tool of absent) print(`not measured: ${tool.name} (${tool.missing})`);
  return { present, absent };
}

async function measureCases(options, tools) {
  const reports = [];
  const faults = [];
  for (const caseName of options.cases.filter((name) => name !== MEMORY)) {
    const trace = provideTrace({
      caseName,
      packets: options.packets,
      directory: options.directory,
    });
    say(`${trace.path}: ${trace.isNew ? 'generated' : 'already there'}`);
    const { title } = CASES[caseName];
    const outcome = await runCase({ ...options, trace, title, tools, say });
    reports.push(outcome.report);
    faults.push(...outcome.faults);
    print(`\n${caseName}: ${describeTrace(trace)}\nSHA-256 ${trace.sha256}\n`);
    print(alignRows(resultRows(outcome.report)));
  }
  return { reports, faults };
}

/** The command line that makes the same page, without this machine's paths. */
function invocation({ cases, tools, runs, packets }) {
  const words = ['npm run bench -- --write docs/performance.md', `--runs ${runs}`];
  if (cases.length < MEASURED_CASES.length + 1) words.push(`--cases ${cases.join()}`);
  if (tools !== undefined) words.push(`--tools ${tools.join()}`);
  if (packets !== undefined) words.push(`--packets ${packets}`);
  return words.join(' ');
}

async function main() {
  const options = readOptions();
  if (options.help) return print(HELP);
  const { present, absent } = chooseTools(options.tools);
  if (present.length === 0) throw new Error('none of the tools is installed');

  const { reports, faults } = await measureCases(options, present);
  const targets = targetRows(reports);
  if (targets.length > 0) print(`\n${alignRows(targets)}`);

  const weir = present.find((tool) => tool.name === 'weir-1');
  let memory = [];
  if (options.cases.includes(MEMORY) && weir !== undefined) {
    memory = memoryRows(await measureMemory({ ...options, tool: weir }));
    print(`\n${alignRows(memory)}`);
  }
  if (options.write !== undefined) {
    const { runs } = options;
    const page = { reports, present, absent, memoryRows: memory, runs, invocation: invocation(options) };
    writeFileSync(options.write, await performancePage(page));
    say(`written: ${options.write}`);
  }
  for (const fault of faults) say(`wrong: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

// An interrupt reaches the running tool too; its end then ends the benchmark, which tidies up behind itself.
process.on('SIGINT', () => say('interrupted'));

main().catch((error) => {
  say(error instanceof UsageError ? `${error.message}\n\n${HELP}` : `bench: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
