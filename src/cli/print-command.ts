import type { Writable } from 'node:stream';

import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { CaptureError, errorCode } from '../capture/capture-error.js';
import type { OctetSource, PeekableSource } from '../capture/octet-source.js';
import { openSource, STANDARD_INPUT } from '../capture/open-source.js';
import { InformationModel } from '../ipfix/information-model.js';
import { JsonLinesReader } from '../ipfix/json/json-lines-reader.js';
import { MessageReader } from '../ipfix/message-reader.js';
import type { ReaderCounters } from '../ipfix/reader-counters.js';
import { ALIAS_NAMES } from '../ipfix/print/columns.js';
import {
  PRINT_FORMATS,
  type PrintFormat,
  PrintSession,
  type PrintSettings,
  printSettingsFault,
} from '../ipfix/print/print-session.js';

const EXIT_DONE = 0;
const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

const READ_OCTETS = 262_144;
/** What a file of JSON lines begins with; a message of IPFIX never does. */
const OPENING_BRACE = 0x7b;

/** Problems of one file that are told one by one; the rest is counted. */
const TOLD_PROBLEMS = 20;

interface PrintArguments {
  file: string[];
  format: PrintFormat;
  fields: string | undefined;
  sort: string | undefined;
  limit: string | undefined;
  options: boolean;
}

export interface PrintStreams {
  readonly output: Writable;
  readonly errors: Writable;
}

export const printCommand: CommandModule<object, PrintArguments> = {
  command: 'print <file..>',
  describe: 'Show the records of IPFIX files and of JSON lines',
  builder: (yargs: Argv) =>
    yargs
      // Else `-` would not count as a file, nor `-bytes` as the value of --sort.
      .parserConfiguration({ 'unknown-options-as-args': true })
      .positional('file', {
        describe: "IPFIX files or weir's JSON lines, also compressed (gzip, zstd); '-' is standard input",
        type: 'string',
        array: true,
        demandOption: true,
      })
      .option('format', {
        describe:
          'table for people; json, one object a line; csv; silk, as rwcut prints; dns, tls, http: a line for each query, handshake, request',
        choices: PRINT_FORMATS,
        default: 'table' as const,
      })
      .option('fields', {
        describe: `Columns, separated by commas: element names, pen/id, or ${ALIAS_NAMES.slice(0, 9).join(', ')} …`,
        type: 'string',
        requiresArg: true,
      })
      .option('sort', {
        describe: 'Field to sort by, -FIELD for the largest first. Records are kept in memory, up to 256 MiB',
        type: 'string',
        requiresArg: true,
      })
      .option('limit', { describe: 'Flow records to print at most', type: 'string', requiresArg: true })
      .option('options', { describe: 'Show options records too', type: 'boolean', default: false })
      .check((argv) => {
        const { limit } = argv;
        const unknown = argv.file.find((file) => file !== STANDARD_INPUT && file.startsWith('-'));
        if (unknown !== undefined) throw new Error(`unknown option ${unknown}`);
        if (limit !== undefined && !isWholeNumber(limit))
          throw new Error(`--limit '${limit}': expected a whole number of 0 or more`);
        const fault = printSettingsFault(settingsOf(argv), new InformationModel());
        if (fault !== null) throw new Error(fault);
        return true;
      }, false)
      .example('$0 print day.ipfix --sort -bytes --limit 10', 'the ten largest flows')
      .example('$0 print day.ipfix --format json --fields sIP,dIP,communityId', 'some fields, for a program')
      .example('$0 print day.jsonl.zst --format dns', 'a line for each query of DNS'),
  handler: async (argv: ArgumentsCamelCase<PrintArguments>) => {
    const streams = { output: process.stdout, errors: process.stderr };
    // What follows `--` is not among the positional arguments.
    const files = [...argv.file, ...argv._.slice(1).map(String)];
    process.exitCode = await runPrint(files, settingsOf(argv), streams);
  },
};

function isWholeNumber(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function settingsOf(argv: Pick<PrintArguments, 'format' | 'fields' | 'sort' | 'limit' | 'options'>): PrintSettings {
  const { format, fields, sort, limit, options } = argv;
  const names = fields?.split(',').map((name) => name.trim());
  return {
    format,
    fields: names?.filter((name) => name !== '') ?? null,
    sort: sort ?? null,
    limit: limit === undefined ? null : Number(limit),
    options,
  };
}

/** Prints the records of `files` one after the other; resolves to the exit code. */
export async function runPrint(
  files: readonly string[],
  settings: PrintSettings,
  streams: PrintStreams,
): Promise<number> {
  const output = new TextOutput(streams.output);
  const tell = (message: string): void => void streams.errors.write(`weir print: ${message}\n`);
  let told: ProblemTeller | null = null;
  const session = new PrintSession(settings, new InformationModel(), (problem) => {
    told?.tell(`octet ${problem.offset}: ${problem.message}`);
  });
  let exitCode = EXIT_DONE;
  for (const file of files) {
    if (session.isDone || output.isClosed) break;
    told = new ProblemTeller(file, tell);
    const code = await printFile(file, session, output, told);
    exitCode = Math.max(exitCode, code);
  }
  for (const pieces = session.finish(); pieces.next().done !== true;) {
    await output.write(session.out.take());
    if (output.isClosed) break;
  }
  if (session.isSortingFull) {
    tell(
      'more records than can be sorted in memory: some are left out; use --limit to keep only the first of the order',
    );
    exitCode = Math.max(exitCode, EXIT_FAULT);
  }
  if (session.leftOut > 0)
    tell(`${counted(session.leftOut, 'record')} left out as no flow; --format json shows all records`);
  if (output.fault !== null) {
    tell(`standard output: ${output.fault}`);
    exitCode = Math.max(exitCode, EXIT_FAULT);
  }
  return exitCode;
}

async function printFile(
  file: string,
  session: PrintSession,
  output: TextOutput,
  problems: ProblemTeller,
): Promise<number> {
  if (file === STANDARD_INPUT && process.stdin.isTTY) {
    problems.tell('standard input is a terminal: pipe or redirect IPFIX messages into it');
    return EXIT_USAGE;
  }
  let source: PeekableSource;
  try {
    source = await openSource(file);
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    problems.tell(error.detail);
    return error.kind === 'usage' ? EXIT_USAGE : EXIT_FAULT;
  }
  try {
    const isJson = (await source.peek(1))[0] === OPENING_BRACE;
    const reader = isJson ? new JsonLinesReader(session) : new MessageReader(session);
    const chunk = new Uint8Array(READ_OCTETS);
    while (!session.isDone && !output.isClosed) {
      const count = await source.read(chunk, 0, READ_OCTETS);
      if (count === 0) break;
      reader.push(chunk.subarray(0, count));
      await output.write(session.out.take());
    }
    if (!session.isDone && !output.isClosed) finishFile(reader, source, problems);
  } finally {
    source.close();
  }
  return problems.count > 0 ? EXIT_FAULT : EXIT_DONE;
}

/** Reads what is left when the input has ended, and tells what is missing of it. */
function finishFile(reader: MessageReader | JsonLinesReader, source: OctetSource, problems: ProblemTeller): void {
  if (reader.octetsRead === 0 && source.fault === null) problems.tell('is empty: no IPFIX message in it');
  reader.end();
  if (source.fault !== null) problems.tell(`octet ${reader.octetsRead}: ${source.fault}`);
  for (const message of countedProblems(reader.counters)) problems.tell(message);
  problems.end();
  const { missingRecords, sequenceGaps } = reader.counters;
  if (missingRecords > 0)
    problems.note(
      `${counted(missingRecords, 'record')} missing by the sequence numbers, in ${counted(sequenceGaps, 'gap')}`,
    );
}

function countedProblems(counters: ReaderCounters): string[] {
  const messages: string[] = [];
  if (counters.setsWithoutTemplate > 0) {
    const { setsWithoutTemplate, octetsWithoutTemplate } = counters;
    messages.push(
      `${counted(setsWithoutTemplate, 'data set')} of ${octetsWithoutTemplate} octets not readable: no template for it`,
    );
  }
  if (counters.messagesOfIgnoredDomains > 0)
    messages.push(`${counted(counters.messagesOfIgnoredDomains, 'message')} skipped: too many observation domains`);
  return messages;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Tells the problems of one file: the first ones in words, then their number. */
class ProblemTeller {
  count = 0;
  readonly #file: string;
  readonly #tell: (message: string) => void;

  constructor(file: string, tell: (message: string) => void) {
    this.#file = file === STANDARD_INPUT ? 'standard input' : file;
    this.#tell = tell;
  }

  tell(message: string): void {
    if (++this.count <= TOLD_PROBLEMS) this.note(message);
  }

  /** Says something that is no fault. */
  note(message: string): void {
    this.#tell(`${this.#file}: ${message}`);
  }

  end(): void {
    if (this.count > TOLD_PROBLEMS) this.note(counted(this.count - TOLD_PROBLEMS, 'more problem'));
  }
}

/** Writes text at the pace of a stream. A reader that goes away (`| head`) ends the printing without a complaint. */
class TextOutput {
  isClosed = false;
  fault: string | null = null;
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => this.#fail(error));
  }

  async write(text: Uint8Array): Promise<void> {
    if (text.length === 0 || this.isClosed) return;
    await new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        if (error !== null && error !== undefined) this.#fail(error);
        resolve();
      });
    });
  }

  #fail(error: Error): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (errorCode(error) !== 'EPIPE') this.fault = error.message;
  }
}
