import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** The project's own rules (docs/architecture.md), read off its files. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const src = path.join(root, 'src');

const MOST_LINES = 400;

/** Where the program begins: all other files of src/ are imported from there, near or far. */
const ENTRIES = ['main.ts', 'sensor/live/live-worker.ts', 'sensor/metering-worker.ts', 'export/file/zstd-worker.ts'];
/** Not imported, and why it is there all the same. */
const NOT_IMPORTED: Readonly<Record<string, string>> = {};

/**
 * Which folder of src/ may import what of which other: everything, or these files, which are the contracts. Data flows
 * from capture over decode and flow to export; nothing imports what comes after it. The sensor knows all, the
 * command line too, and nobody knows them.
 */
const IMPORTS: Readonly<Record<string, Readonly<Record<string, 'all' | readonly string[]>>>> = {
  capture: {},
  ipfix: {},
  decode: { capture: ['packet-batch'] },
  dpi: {
    decode: ['decoded-batch', 'transport/ports'],
    flow: ['closed-flows', 'flow-field', 'flow-record', 'flow-store', 'meter'],
  },
  flow: { decode: ['decoded-batch', 'flow-key', 'key-columns', 'transport/ports'] },
  export: {
    config: ['nearest', 'units'],
    decode: ['decoded-batch', 'transport/ports', 'tunnel/tunnels'],
    dpi: [
      'label-path',
      'metadata',
      'metadata-items',
      'optional-layouts',
      'payload-layout',
      'payload-settings',
      'protocol',
      'registry',
    ],
    flow: ['closed-flows', 'flow-field', 'flow-meter', 'flow-record', 'meter', 'meters/base-fields', 'meters/index'],
    ipfix: 'all',
  },
  config: {
    decode: ['decode-settings', 'tunnel/tunnels'],
    dpi: [
      'dpi-settings',
      'extracted',
      'payload-settings',
      'protocol',
      'registry',
      'rules/rule-names',
      'rules/rule-set',
      'rules/rule-tables',
    ],
    export: ['fields/flow-fields', 'output-schemes'],
    observe: ['grouped', 'log'],
  },
  observe: {
    dpi: ['dpi-counters', 'payload-counters'],
    capture: ['capture-reader'],
    decode: ['decode-counters', 'ignored'],
    export: ['output'],
    flow: ['flow-cache-counters'],
  },
  sensor: {
    capture: 'all',
    config: 'all',
    decode: 'all',
    dpi: 'all',
    export: 'all',
    flow: 'all',
    ipfix: 'all',
    observe: 'all',
  },
  cli: {
    capture: 'all',
    config: 'all',
    decode: 'all',
    dpi: 'all',
    export: 'all',
    flow: 'all',
    ipfix: 'all',
    observe: 'all',
    sensor: 'all',
  },
};

/** Libraries, each with the folders that know it. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  '@hpcc-js/wasm-zstd': ['export'],
  '@nats-io/jetstream': ['export'],
  '@nats-io/transport-node': ['export'],
  '@redis/client': ['export'],
  pino: ['observe'],
  'prom-client': ['observe'],
  yaml: ['config'],
  yargs: ['cli'],
  zstddec: ['capture'],
};
/** Packages that only the build of the addon knows. */
const BUILD_LIBRARIES = ['node-api-headers'];
/** Folders that know nothing of the operating system, but for these modules. */
const BUILTINS: Readonly<Record<string, readonly string[]>> = {
  decode: ['node:crypto'],
  dpi: ['node:crypto'],
  flow: [],
  config: ['node:net'],
};

/** Folders and files that are run for every packet or every flow. */
const DATA_PLANE = [
  'decode/',
  'dpi/',
  'flow/',
  'export/text/community-id-text.ts',
  'export/fields/conditions.ts',
  'export/filter/filter-evaluation.ts',
  'export/fields/flow-times.ts',
  'export/text/metadata-text.ts',
  'export/text/sha1-block.ts',
  'export/ipfix/first-values.ts',
  'export/ipfix/structured-list.ts',
  'export/ipfix/value-octets.ts',
  'export/ipfix/yaf/details-writer.ts',
  'export/text/utf8.ts',
  'export/text/text-octets.ts',
  'export/ipfix/variable-length.ts',
];
/** What has no place there, and what has. */
const FORBIDDEN: readonly (readonly [what: string, pattern: RegExp, instead: string])[] = [
  ['a collection', /\bnew (Map|Set|WeakMap|WeakSet)\b/, 'typed arrays by flow index or by hash'],
  ['BigInt', /\bBigInt\b|\b\d+n\b|\bBig(Int|Uint)64Array\b|\b[gs]etBig/, 'a 64-bit float, or two words'],
  ['JSON', /\bJSON\b/, 'the encoders of export/'],
  ['a log line', /\b(console|process)\./, 'a counter'],
  ['asynchronous code', /\b(async|await|Promise|setImmediate|setTimeout)\b/, 'batches that the sensor hands over'],
  ['an exception', /\b(throw|try|catch)\b/, 'a reason that is counted'],
  ['a clock', /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bhrtime\b/, 'the time of the packets'],
  ['chance', /\bMath\.random\b/, 'the seed of the settings'],
  ['views and copies', /\.(subarray|slice|concat)\(/, '(octets, offset, end)'],
  ['functions over lists', /\.(forEach|map|filter|reduce|some|every|flatMap)(<.*>)?\(/, 'a loop over an index'],
  ['strings made', /`[^`]*\$\{|\bString\b|\.(toString|join|split)\(/, 'numbers, named where they are shown'],
  ['regular expressions', /\bRegExp\b|\.(test|exec|match|replace)\(/, 'comparisons of octets'],
];
/** Files of the data plane with work to do before the first packet, or seldom, and what they may do for it. */
const EXCEPTIONS: Readonly<Record<string, readonly string[]>> = {
  'decode/decode-settings.ts': ['an exception', 'strings made'],
  'decode/tunnel/tunnels.ts': ['functions over lists'],
  // Made once, when the program starts.
  'dpi/label-path.ts': ['functions over lists'],
  'dpi/protocols/http.ts': ['functions over lists'],
  // The protocol is called so.
  'dpi/protocols/json-rpc.ts': ['JSON'],
  'dpi/registry.ts': ['a collection', 'an exception', 'functions over lists', 'strings made'],
  'export/text/metadata-text.ts': ['a collection', 'functions over lists', 'JSON', 'strings made'],
  'export/ipfix/first-values.ts': ['an exception', 'strings made'],
  // node:crypto takes views; a certificate calls it twice.
  'dpi/digest.ts': ['views and copies'],
  'dpi/quic-keys.ts': ['strings made'],
  'flow/flow-meter.ts': ['functions over lists'],
  'flow/flow-order.ts': ['views and copies'],
};

const sources = filesUnder(src, /\.ts$/).map((file) => path.relative(src, file));

interface Imported {
  readonly from: string;
  /** Path below src/, or the name of a module. */
  readonly what: string;
}
const imports: readonly Imported[] = sources.flatMap((from) =>
  ts.preProcessFile(read(from), true, true).importedFiles.map(({ fileName }) => {
    const isOwn = fileName.startsWith('.');
    const own = path.join(path.dirname(from), fileName).replace(/\.js$/, '.ts');
    return { from, what: isOwn ? own : fileName };
  }),
);
const ownImports = imports.filter(({ what }) => sources.includes(what));
const modules = imports.filter(({ what }) => !what.endsWith('.ts'));

describe('files', () => {
  it.each(['src', 'bench', 'test'])(`of ${'%s'} have at most ${MOST_LINES} lines`, (folder) => {
    const long = filesUnder(path.join(root, folder), /(?<!\.generated)\.(ts|mjs)$/)
      .map((file) => ({ file: path.relative(root, file), lines: fs.readFileSync(file, 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > MOST_LINES);
    expect(long).toEqual([]);
  });

  it('of src are all in use', () => {
    const reached = new Set(ENTRIES);
    // Files that are added to a set while it is walked are walked as well.
    for (const file of reached) {
      for (const { from, what } of ownImports) if (from === file) reached.add(what);
    }
    expect(sources.filter((file) => !reached.has(file))).toEqual(Object.keys(NOT_IMPORTED));
  });

  it('put nothing off', () => {
    const files = ['src', 'test', 'bench', 'scripts', 'config', 'docs', 'bin', '.ci']
      .flatMap((folder) => filesUnder(path.join(root, folder), /(^|\/)[^.]+$|\.(ts|mjs|md|json|sh|py)$/))
      .filter((file) => file !== fileURLToPath(import.meta.url));
    const marked = files.filter((file) => /\b(TODO|FIXME|XXX)\b/.test(fs.readFileSync(file, 'utf8')));
    expect(marked.map((file) => path.relative(root, file))).toEqual([]);
  });
});

describe('imports', () => {
  it('point the way that data flow, at contracts', () => {
    const wrong = ownImports.filter(({ from, what }) => !mayImport(from, what));
    expect(wrong.map(({ from, what }) => `${from} imports ${what}`)).toEqual([]);
  });

  it('have rules for every folder, and no rule that is not needed', () => {
    const folders = new Set(sources.filter((file) => file.includes('/')).map(folderOf));
    expect(Object.keys(IMPORTS).sort()).toEqual([...folders].sort());
    const used = new Set(ownImports.map(({ from, what }) => `${folderOf(from)} ${what}`));
    const unused = Object.entries(IMPORTS).flatMap(([from, targets]) =>
      Object.entries(targets).flatMap(([to, files]) =>
        files === 'all' ? [] : files.map((file) => `${from} ${to}/${file}.ts`).filter((rule) => !used.has(rule)),
      ),
    );
    expect(unused).toEqual([]);
  });

  it('of libraries stand in the folders that know them', () => {
    const wrong = modules.filter(({ from, what }) => {
      const folder = folderOf(from);
      if (what.startsWith('node:')) return BUILTINS[folder] !== undefined && !BUILTINS[folder].includes(what);
      return !(LIBRARIES[libraryOf(what)] ?? []).includes(folder);
    });
    expect(wrong.map(({ from, what }) => `${from} imports ${what}`)).toEqual([]);
  });

  it('of libraries are those that the package depends on', () => {
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const imported = new Set(modules.map(({ what }) => libraryOf(what)).filter((name) => !name.startsWith('node:')));
    expect([...imported, ...BUILD_LIBRARIES].sort()).toEqual(Object.keys(dependencies).sort());
  });
});

describe('the data plane', () => {
  const hot = sources.filter((file) => DATA_PLANE.some((place) => file.startsWith(place)));

  it.each(FORBIDDEN)('does without %s', (what, pattern, instead) => {
    const found = hot
      .filter((file) => !(EXCEPTIONS[file] ?? []).includes(what))
      .flatMap((file) =>
        code(file).flatMap((line, n) => (pattern.test(line) ? [`${file}:${n + 1}: ${line.trim()}`] : [])),
      );
    expect(found, `use ${instead}`).toEqual([]);
  });

  it('needs every exception that is made', () => {
    const needless = Object.entries(EXCEPTIONS).flatMap(([file, list]) =>
      list.filter((what) => {
        const rule = FORBIDDEN.find(([name]) => name === what);
        return rule === undefined || !hot.includes(file) || !code(file).some((line) => rule[1].test(line));
      }),
    );
    expect(needless).toEqual([]);
  });

  it('is all there', () => {
    for (const place of DATA_PLANE)
      expect(
        hot.some((file) => file.startsWith(place)),
        place,
      ).toBe(true);
  });
});

function filesUnder(folder: string, name: RegExp): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => name.test(file))
    .sort();
}

function read(file: string): string {
  return fs.readFileSync(path.join(src, file), 'utf8');
}

/** Lines of a source file without their comments. */
function code(file: string): string[] {
  const text = read(file).replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''));
  return text.split('\n').map((line) => line.replace(/(^|\s)\/\/.*$/, ''));
}

function folderOf(file: string): string {
  return file.split('/')[0];
}

/** Name of the package that a module is in: an entry of it may be named behind a slash. */
function libraryOf(module: string): string {
  return module
    .split('/')
    .slice(0, module.startsWith('@') ? 2 : 1)
    .join('/');
}

function mayImport(from: string, what: string): boolean {
  const [folder, target] = [folderOf(from), folderOf(what)];
  // The entry starts the command line and does nothing else.
  if (from === 'main.ts') return target === 'cli';
  if (folder === target) return true;
  const allowed = IMPORTS[folder]?.[target];
  return allowed === 'all' || (allowed ?? []).includes(what.slice(target.length + 1).replace(/\.ts$/, ''));
}
