import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { glob } from '../../../src/capture/glob.js';
import { expandInputs } from '../../../src/capture/inputs.js';
import { payload, pcap } from './capture-builder.js';

const capture = pcap([{ seconds: 1, subseconds: 0, data: payload(60) }]);

let folder = '';
let other = '';

function make(root: string, files: Record<string, Uint8Array | string>): void {
  for (const [name, content] of Object.entries(files)) {
    const full = path.join(root, name);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, content);
  }
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-inputs-'));
  other = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-inputs-list-'));
  make(folder, {
    'b.pcap': capture,
    'a.pcap': capture,
    'c.pcap.gz': zlib.gzipSync(capture),
    'notes.txt': 'notes',
    '.hidden.pcap': capture,
    'odd[1].pcap': capture,
    'day/2.pcap': capture,
    'day/10.pcap': capture,
    'day/README': 'read me',
    'day/empty.pcap': '',
    'day/.index': 'x',
    'day/hour/x.pcap': capture,
    '.git/y.pcap': capture,
    'none/README': 'nothing here',
  });
  fs.symlinkSync(folder, path.join(folder, 'day', 'loop'));
  fs.symlinkSync('nowhere', path.join(folder, 'day', 'dangling'));
  make(other, { 'z.pcap': capture, 'a.pcap': capture });
});
afterAll(() => {
  for (const each of [folder, other]) fs.rmSync(each, { recursive: true });
});

/** Inputs without the folder in front. */
async function expand(
  names: string[],
  lists: string[] = [],
): Promise<{ inputs: string[]; warnings: readonly string[] }> {
  const { inputs, warnings } = await expandInputs({ names, lists, directory: folder });
  return { inputs: inputs.map((name) => (name === '-' ? name : path.relative(folder, name))), warnings };
}

describe('patterns', () => {
  it.each([
    ['*.pcap', ['a.pcap', 'b.pcap', 'odd[1].pcap']],
    ['./*.pcap', ['a.pcap', 'b.pcap', 'odd[1].pcap']],
    ['?.pcap', ['a.pcap', 'b.pcap']],
    ['[ab].pcap', ['a.pcap', 'b.pcap']],
    ['[!a].pcap', ['b.pcap']],
    ['[^a].pcap', ['b.pcap']],
    ['[b-z].pcap', ['b.pcap']],
    ['odd[[]1].pcap', ['odd[1].pcap']],
    ['.*.pcap', ['.hidden.pcap']],
    ['d*/*.pcap', ['day/10.pcap', 'day/2.pcap', 'day/empty.pcap']],
    ['*/hour/*', ['day/hour/x.pcap']],
    [
      '**/*.pcap',
      ['a.pcap', 'b.pcap', 'day/10.pcap', 'day/2.pcap', 'day/empty.pcap', 'day/hour/x.pcap', 'odd[1].pcap'],
    ],
    ['**/x.pcap', ['day/hour/x.pcap']],
    ['day/**', ['day/10.pcap', 'day/2.pcap', 'day/README', 'day/dangling', 'day/empty.pcap', 'day/hour/x.pcap']],
    ['day/**/*.pcap', ['day/10.pcap', 'day/2.pcap', 'day/empty.pcap', 'day/hour/x.pcap']],
    ['da[x-z]', ['day']],
    ['[.pcap', []],
    ['*.none', []],
    ['none/*/*', []],
    ['a.pcap/*', []],
  ])('%s', (pattern, expected) => {
    expect(glob(pattern, folder)).toEqual(expected);
  });

  it('may be absolute', () => {
    expect(glob(`${folder}/a.*`, '/')).toEqual([path.join(folder, 'a.pcap')]);
  });

  it('with a range that runs backwards are refused', () => {
    expect(() => glob('[z-a].pcap', folder)).toThrow('[z-a].pcap: a range in […] runs backwards');
  });
});

describe('inputs', () => {
  it('come in the order in which they were named', async () => {
    const { inputs, warnings } = await expand(['b.pcap', '-', 'day/hour/x.pcap', '?.pcap', 'b.pcap']);
    expect(inputs).toEqual(['b.pcap', '-', 'day/hour/x.pcap', 'a.pcap', 'b.pcap', 'b.pcap']);
    expect(warnings).toEqual([]);
  });

  it('that are folders give the captures directly in them, and a warning for what is none', async () => {
    const { inputs, warnings } = await expand(['day']);
    expect(inputs).toEqual(['day/10.pcap', 'day/2.pcap']);
    const at = (name: string) => path.join(folder, 'day', name);
    expect(warnings).toEqual([
      expect.stringContaining(`${at('README')}: not a capture: it begins with 72 65`),
      `${at('dangling')}: no such file`,
      expect.stringContaining(`${at('empty.pcap')}: the file is empty`),
    ]);
  });

  it('that are folders without captures say so', async () => {
    const { inputs, warnings } = await expand(['none']);
    expect(inputs).toEqual([]);
    expect(warnings.at(-1)).toBe('none: no capture directly in this folder');
  });

  it('may be folders that a pattern matches', async () => {
    expect((await expand(['d?y', 'a.pcap'])).inputs).toEqual(['day/10.pcap', 'day/2.pcap', 'a.pcap']);
  });

  it('may look like a pattern', async () => {
    expect((await expand(['odd[1].pcap'])).inputs).toEqual(['odd[1].pcap']);
  });

  it('that match nothing are refused', async () => {
    await expect(expand(['a.pcap', 'z.pcap'])).rejects.toThrow('z.pcap: no such file or folder');
    await expect(expand(['*.none'])).rejects.toThrow('*.none: no file matches this pattern');
  });

  it('may have standard input among them once', async () => {
    await expect(expand(['-', 'a.pcap', '-'])).rejects.toThrow('standard input is named twice');
  });

  it('keep the name that was given where that opens the file', async () => {
    const name = path.relative(process.cwd(), path.join(folder, 'a.pcap'));
    expect((await expandInputs({ names: [name] })).inputs).toEqual([name]);
  });
});

describe('lists', () => {
  it('give one name a line, looked for here first and beside the list then', async () => {
    const list = path.join(other, 'list');
    fs.writeFileSync(list, '# captures\r\n\r\na.pcap\r\n  z.pcap  \n\n#b.pcap\nday\n*.gz\n-');
    const { inputs, warnings } = await expandInputs({ names: ['b.pcap'], lists: [list], directory: folder });
    expect(inputs).toEqual([
      path.join(folder, 'b.pcap'),
      path.join(folder, 'a.pcap'),
      path.join(other, 'z.pcap'),
      path.join(folder, 'day/10.pcap'),
      path.join(folder, 'day/2.pcap'),
      path.join(folder, 'c.pcap.gz'),
      '-',
    ]);
    expect(warnings).toHaveLength(3);
  });

  it('that name what is not there are refused', async () => {
    const list = path.join(other, 'bad-list');
    fs.writeFileSync(list, 'nowhere.pcap\n');
    await expect(expand([], [list])).rejects.toThrow('nowhere.pcap: no such file or folder');
  });

  it('that cannot be read are refused', async () => {
    await expect(expand([], ['no-list'])).rejects.toThrow('no-list: no such file');
    await expect(expand([], ['day'])).rejects.toThrow('day: is a directory');
  });
});
