import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yargs from 'yargs';

import { printCommand, runPrint } from '../../../src/cli/print-command.js';
import type { PrintSettings } from '../../../src/ipfix/print/print-session.js';
import { field, flowRecord, FLOW_FIELDS, message, set, templateRecord, u32 } from './message-builder.js';

const DEFAULTS: PrintSettings = { format: 'csv', fields: ['packets'], sort: null, limit: null, options: false };
const template = message([set(2, templateRecord(256, FLOW_FIELDS))]);
const flows = (sequence: number, ...packets: number[]): Buffer =>
  message([set(256, ...packets.map((count) => flowRecord({ packets: count })))], { sequence });

let folder = '';

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-print-'));
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

function file(name: string, ...octets: Buffer[]): string {
  const written = path.join(folder, name);
  fs.writeFileSync(written, Buffer.concat(octets));
  return written;
}

/** A stream that keeps what is written, or fails with an error code from the first write on. */
class Collector extends Writable {
  text = '';
  writes = 0;

  constructor(private readonly failure: string | null = null) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.writes++;
    if (this.failure !== null) {
      done(Object.assign(new Error(`write ${this.failure}`), { code: this.failure }));
      return;
    }
    this.text += chunk.toString();
    done();
  }
}

interface Run {
  readonly code: number;
  readonly lines: string[];
  readonly errors: string[];
  readonly output: Collector;
}

async function run(files: string[], settings: Partial<PrintSettings> = {}, output = new Collector()): Promise<Run> {
  const errors = new Collector();
  const code = await runPrint(files, { ...DEFAULTS, ...settings }, { output, errors });
  const told = errors.text.split('\n').slice(0, -1);
  return { code, lines: output.text.split('\n').slice(0, -1), errors: told, output };
}

describe('weir print', () => {
  it('prints several files one after the other, compressed ones too', async () => {
    const plain = file('a.ipfix', template, flows(0, 1, 2));
    const packed = file('b.ipfix.gz', gzipSync(Buffer.concat([template, flows(0, 3)])));
    expect(await run([plain, packed])).toMatchObject({ code: 0, lines: ['packets', '1', '2', '3'], errors: [] });
  });

  it('keeps the Templates of one file out of the next', async () => {
    const first = file('c.ipfix', template, flows(0, 1));
    const second = file('d.ipfix', flows(0, 2));
    const { code, lines, errors } = await run([first, second]);
    expect([code, lines]).toEqual([1, ['packets', '1']]);
    expect(errors).toEqual([`weir print: ${second}: 1 data set of 70 octets not readable: no template for it`]);
  });

  it('sorts over all files', async () => {
    const first = file('e.ipfix', template, flows(0, 5, 1));
    const second = file('f.ipfix', template, flows(0, 9, 3));
    expect((await run([first, second], { sort: '-packets', limit: 3 })).lines).toEqual(['packets', '9', '5', '3']);
  });

  it('stops at its limit, and does not care for what comes behind', async () => {
    const damaged = file('g.ipfix', template, flows(0, 1, 2, 3), Buffer.from('damage'));
    expect(await run([damaged, '/nonexistent'], { limit: 2 })).toMatchObject({
      code: 0,
      lines: ['packets', '1', '2'],
      errors: [],
    });
  });

  it('prints what is readable of a damaged file, and names the place', async () => {
    const damaged = file(
      'h.ipfix',
      template,
      flows(0, 1),
      Buffer.from('some junk in between'),
      flows(1, 2),
      flows(2, 3),
    );
    const { code, lines, errors } = await run([damaged]);
    const at = template.length + flows(0, 1).length;
    expect([code, lines]).toEqual([1, ['packets', '1', '2', '3']]);
    expect(errors).toEqual([
      `weir print: ${damaged}: octet ${at}: version 29551, expected 10: not an IPFIX message`,
      `weir print: ${damaged}: octet ${at + 20}: reading goes on here, 20 octets after the fault`,
    ]);
  });

  it('prints what is readable of a cut file, also of a cut compressed one', async () => {
    const octets = Buffer.concat([template, flows(0, 1), flows(1, 2)]);
    const cut = await run([file('i.ipfix', octets.subarray(0, -5))]);
    expect([cut.code, cut.lines]).toEqual([1, ['packets', '1']]);
    expect(cut.errors[0]).toMatch(/i\.ipfix: octet \d+: cut message: 85 octets of 90$/);
    const packed = await run([file('j.ipfix.gz', gzipSync(octets).subarray(0, -9))]);
    expect(packed.code).toBe(1);
    expect(packed.errors.join('\n')).toMatch(/j\.ipfix\.gz: octet \d+: gzip stream cut/);
  });

  it('tells the first problems of many, and their number', async () => {
    const bad = message([set(2, templateRecord(9, [field(7, 2)]))]);
    const { code, errors } = await run([file('k.ipfix', ...Array.from({ length: 50 }, () => bad))]);
    expect(code).toBe(1);
    expect(errors).toHaveLength(21);
    expect(errors[20]).toBe(`weir print: ${path.join(folder, 'k.ipfix')}: 30 more problems`);
  });

  it('goes on with the next file when one cannot be opened', async () => {
    const good = file('l.ipfix', template, flows(0, 1));
    const { code, lines, errors } = await run([path.join(folder, 'none'), folder, file('empty'), good]);
    expect([code, lines]).toEqual([1, ['packets', '1']]);
    expect(errors).toEqual([
      `weir print: ${path.join(folder, 'none')}: no such file`,
      `weir print: ${folder}: is a directory, a file was expected`,
      `weir print: ${path.join(folder, 'empty')}: is empty: no IPFIX message in it`,
    ]);
  });

  it('notes gaps and records that are no flows without calling them a fault', async () => {
    const gap = file(
      'm.ipfix',
      template,
      flows(0, 1),
      flows(6, 2),
      message([set(2, templateRecord(300, [field(54, 4)])), set(300, u32(1))], { sequence: 7 }),
    );
    const { code, lines, errors } = await run([gap], { format: 'table', fields: null });
    expect([code, lines.length]).toEqual([0, 3]);
    expect(errors).toEqual([
      `weir print: ${gap}: 5 records missing by the sequence numbers, in 1 gap`,
      'weir print: 1 record left out as no flow; --format json shows all records',
    ]);
  });

  it('ends without a word when nobody reads on', async () => {
    const large = file('n.ipfix', template, ...Array.from({ length: 5000 }, (_, index) => flows(2 * index, 1, 2)));
    const { code, errors, output } = await run([large, large], {}, new Collector('EPIPE'));
    expect([code, errors]).toEqual([0, []]);
    expect(output.writes).toBe(1);
  });

  it('tells any other fault of its output', async () => {
    const { code, errors } = await run([file('o.ipfix', template, flows(0, 1))], {}, new Collector('ENOSPC'));
    expect([code, errors]).toEqual([1, ['weir print: standard output: write ENOSPC']]);
  });
});

describe('the command line', () => {
  /** The files that the arguments name, or the message with which they are refused. */
  async function parse(...argv: string[]): Promise<string[] | string> {
    let refused: string | null = null;
    const command: typeof printCommand = {
      ...printCommand,
      handler: (parsed) => void (files = parsed.file),
    };
    let files: string[] = [];
    await yargs(['print', ...argv])
      .command(command)
      .strict()
      .exitProcess(false)
      .fail((text, error) => {
        refused = text ?? error.message;
      })
      .parseAsync();
    return refused ?? files;
  }

  it.each([
    [['a.ipfix'], ['a.ipfix']],
    [['-'], ['-']],
    [
      ['a', '-', 'b', '--format', 'json'],
      ['a', '-', 'b'],
    ],
    [['a', '--fields', 'sIP, dIP', '--options'], ['a']],
    [['a', '--sort', '-bytes', '--limit', '10'], ['a']],
    [['--sort=-bytes', 'a'], ['a']],
  ])('accepts %o', async (argv, files) => {
    expect(await parse(...argv)).toEqual(files);
  });

  it.each([
    [[], /not enough non-option arguments/i],
    [['a', '--format', 'xml'], /format.*Choices/s],
    [['a', '--fields', 'sip,nonsense'], /no field 'nonsense'/],
    [['a', '--sort', '-nonsense'], /--sort: no field 'nonsense'/],
    [['a', '--limit', 'ten'], /--limit 'ten': expected a whole number/],
    [['a', '--limit', '-1'], /limit/],
    [['a', '--unknown'], /unknown option --unknown/],
    [['a', '-x'], /unknown option -x/],
    [['a', '--format', 'silk', '--options'], /options records/],
  ])('refuses %o', async (argv, text) => {
    expect(await parse(...argv)).toMatch(text);
  });
});
