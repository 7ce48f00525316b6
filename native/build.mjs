/**
 * Builds the addon with the C++ compiler that is there: `npm install` runs it, `node native/build.mjs` does so by hand.
 * Wants a compiler and, on Linux, the kernel's headers (Debian: g++, linux-libc-dev); Node-API's headers come from the
 * package node-api-headers, libpcap's are not needed, nothing is downloaded. Always exits 0, since captures in files can be
 * replayed without the addon; with --require it exits 1 when there is none at the end.
 *   node native/build.mjs --prebuild [linux-arm64]     # prebuilds/linux-arm64/weir.node, which packages take along
 * For another kind of machine that takes its cross compiler, or CXX.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const sources = ['addon.cc', 'rights.cc', 'ring.cc', 'pcap.cc', 'libpcap.cc'];
/** Compilers of other kinds of machines, as Debian names them. */
const CROSS_COMPILERS = { 'linux-x64': 'x86_64-linux-gnu-g++', 'linux-arm64': 'aarch64-linux-gnu-g++' };
const here = `${process.platform}-${process.arch}`;
const [option, machine = here] = process.argv.slice(2);
const isPrebuild = option === '--prebuild';
const target = isPrebuild ? prebuilt(machine) : path.join(folder, 'build', 'weir.node');

const reason = build();
if (reason !== null) {
  console.log(`weir: capture addon not built: ${reason}. Replay works without it, live capture does not.`);
  if (option === '--require' || isPrebuild) process.exitCode = 1;
}

/** Null when the addon is there, else why it is not. */
function build() {
  if (!isPrebuild && canBeLoaded(prebuilt(here))) return null;
  if (process.platform === 'win32') return 'this system is not supported';
  let headers;
  try {
    headers = createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch {
    return 'the package node-api-headers is missing';
  }
  const compiler = process.env.CXX || (machine === here ? 'c++' : CROSS_COMPILERS[machine]);
  if (compiler === undefined) return `no compiler for ${machine} is known: name it in CXX`;
  const temporary = `${target}.${process.pid}`;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const { error, status, stderr } = spawnSync(compiler, words(headers, temporary), { cwd: folder, encoding: 'utf8' });
  try {
    if (error !== undefined) return `no C++ compiler: ${compiler}: ${error.code ?? error.message}`;
    if (status !== 0) return `${compiler} failed: ${firstError(stderr)}`;
    // In one step, so that a process that has the former one loaded keeps it.
    fs.renameSync(temporary, target);
    return null;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
}

function prebuilt(kind) {
  return path.join(folder, '..', 'prebuilds', kind, 'weir.node');
}

/** A binary may be for another C library, or of another version of the program. */
function canBeLoaded(file) {
  const wanted = /kInterfaceVersion = (\d+)/.exec(fs.readFileSync(path.join(folder, 'addon.h'), 'utf8'))?.[1];
  try {
    return createRequire(import.meta.url)(file).interfaceVersion === Number(wanted);
  } catch {
    return false;
  }
}

function words(headers, output) {
  const linking =
    process.platform === 'darwin'
      ? ['-bundle', '-undefined', 'dynamic_lookup']
      : ['-shared', '-static-libgcc', '-static-libstdc++', '-Wl,--gc-sections', '-s'];
  return [
    ...['-std=c++17', '-O2', '-fPIC', '-fvisibility=hidden', '-fno-exceptions', '-fno-rtti', '-ffunction-sections'],
    ...['-Wall', '-Wextra', '-isystem', headers, ...sources, ...linking, '-o', output, '-ldl'],
  ];
}

function firstError(text) {
  return (text.split('\n').find((line) => line.includes('error')) ?? text.split('\n')[0] ?? '').trim().slice(0, 300);
}
