import { defineConfig } from 'rolldown';

/**
 * The program that bin/weir runs: what tsc built, in a few files, since Node.js takes a third of a millisecond to load each.
 * The folder lies as deep as those of dist/ that look for the package by relative URL. Native packages stay outside.
 */
export default defineConfig({
  platform: 'node',
  external: ['cap', 'pcap'],
  input: {
    main: 'dist/main.js',
    'metering-worker': 'dist/sensor/metering-worker.js',
    'live-worker': 'dist/sensor/live/live-worker.js',
    'zstd-worker': 'dist/export/file/zstd-worker.js',
  },
  output: {
    dir: 'dist/program',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  },
});
