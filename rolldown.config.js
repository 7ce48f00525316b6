import path from 'node:path';

import { defineConfig } from 'rolldown';

/**
 * The program that bin/weir runs: what tsc built, in a few files, since Node.js takes a third of a millisecond to load each.
 * The folder lies as deep as those of dist/ that look for the package by relative URL. Native packages stay outside.
 */
export default defineConfig({
  platform: 'node',
  preserveEntrySignatures: 'allow-extension',
  external: ['cap', 'pcap'],
  input: {
    main: 'dist/main.js',
    'metering-worker': 'dist/sensor/metering-worker.js',
    'live-worker': 'dist/sensor/live/live-worker.js',
    'zstd-worker': 'dist/export/file/zstd-worker.js',
  },
  // yargs has `import.meta.resolve`, for configuration files of its own, which weir has none of.
  checks: { emptyImportMeta: false },
  plugins: [
    {
      name: 'program',
      generateBundle(_options, bundle) {
        // A character is an octet then, to read and to keep.
        for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') chunk.code = inAscii(chunk.code);
        this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
      },
    },
  ],
  output: {
    dir: 'dist/program',
    format: 'cjs',
    strict: true,
    comments: { jsdoc: false },
    // Compiled code cannot call `import()` on Node.js 20.
    dynamicImportInCjs: false,
    cleanDir: true,
    // Files that are begun with load the others by compiled code; dist/code-cache.cjs.
    banner: ({ isEntry }) =>
      isEntry ? "require = require('../code-cache.cjs').requireCompiled(require, __dirname);" : '',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    codeSplitting: { includeDependenciesRecursively: false, groups: [{ debugName: 'loaded together', name: groupOf }] },
  },
});

/**
 * Where the program begins in earnest. Modules that come with the same of these stand in one file; by itself the bundler would
 * tell apart what comes with each command and each `import()`, and make twice as many. What comes with none of these is left to
 * it.
 */
const ROOTS = {
  command: ['cli/cli.js'],
  metering: ['sensor/metering-worker.js'],
  live: ['sensor/live/live-worker.js'],
  print: ['cli/print-command.js'],
  replay: ['cli/plain-words.js', 'cli/replay-command.js'],
};

/** Names of the roots that a module comes with, by its id. */
const names = new Map();

function groupOf(id, bundle) {
  if (names.size === 0) for (const [name, files] of Object.entries(ROOTS)) note(name, files, bundle);
  return names.get(id) ?? null;
}

function note(name, files, bundle) {
  const roots = files.map((file) => path.resolve('dist', file));
  const loaded = new Set(roots);
  for (const id of loaded) {
    const { isEntry, importedIds } = bundle.getModuleInfo(id);
    if (!isEntry) names.set(id, names.has(id) ? `${names.get(id)}-${name}` : name);
    // What is added to a set while it is walked is walked as well; `import()` is not followed.
    for (const imported of importedIds) if (bundle.getModuleInfo(imported) !== null) loaded.add(imported);
  }
}

/** What is not ASCII stands in strings and expressions alone, where it can be escaped: the bundler leaves comments out. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
