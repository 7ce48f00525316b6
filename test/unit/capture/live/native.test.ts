import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { load, nativeMissing } from '../../../../src/capture/native.js';
import { programPath, run, temporaryFolder } from '../../../support/run-weir.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const missing = nativeMissing();
if (missing !== null) console.warn(`the addon is not tested: ${missing}`);

const hasCompiler = spawnSync('c++', ['--version']).error === undefined;
if (!hasCompiler) console.warn('building the addon is not tested: there is no c++');

/** The package in a folder of its own, with all it depends on, but nothing that was built of native/. */
function copyOfPackage(): string {
  const folder = temporaryFolder();
  programPath();
  for (const name of ['dist', 'bin', 'package.json'])
    fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  fs.mkdirSync(path.join(folder, 'native'));
  for (const name of fs.readdirSync(path.join(root, 'native')).filter((each) => each !== 'build')) {
    fs.cpSync(path.join(root, 'native', name), path.join(folder, 'native', name));
  }
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

const build = (folder: string, env: NodeJS.ProcessEnv, ...words: string[]): { status: number | null; stdout: string } =>
  spawnSync(process.execPath, ['native/build.mjs', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });

describe('without the addon', () => {
  it('installation succeeds and says why it was not built', () => {
    const folder = copyOfPackage();
    const { status, stdout } = build(folder, { CXX: '/nonexistent/c++' });
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout:
        'weir: capture addon not built: no C++ compiler: /nonexistent/c++: ENOENT. ' +
        'Replay works without it, live capture does not.\n',
    });
    expect(build(folder, { CXX: '/bin/false' }).status).toBe(0);
    expect(build(folder, { CXX: '/nonexistent/c++' }, '--require').status).toBe(1);
  });

  it('replay works, filters and captures say what to install', async () => {
    const folder = copyOfPackage();
    const weir = path.join(folder, 'bin', 'weir');
    const capture = path.join(root, 'pcaps', 'dns.pcap');
    const replayed = await run(weir, ['replay', capture, '--stats', 'none']);
    expect(replayed).toMatchObject({ exitCode: 0, stderr: '' });
    const filtered = await run(weir, ['replay', capture, '-f', 'udp']);
    const howTo =
      /weir's capture addon is missing \(it has not been built\): install a C\+\+ compiler and the kernel's headers .*apt-get install g\+\+ linux-libc-dev.* 'npm rebuild weir'/;
    expect(filtered.exitCode).toBe(2);
    expect(filtered.stderr).toMatch(howTo);
    const listed = await run(weir, ['interfaces', '--json']);
    const { backends } = JSON.parse(listed.stdout) as { backends: { name: string; missing: string | null }[] };
    expect(backends.find(({ name }) => name === 'afpacket')?.missing).toMatch(howTo);
  });
});

describe('an addon that was built for another version', () => {
  /** A package with such an addon: a program of the same name, which says another version. */
  function withStaleAddon(): string {
    const folder = copyOfPackage();
    fs.mkdirSync(path.join(folder, 'native', 'build'));
    // A file of that kind is loaded by the system's loader; a folder of the name is loaded as a package.
    const addon = path.join(folder, 'native', 'build', 'weir.node');
    fs.mkdirSync(addon);
    fs.writeFileSync(path.join(addon, 'index.js'), 'exports.interfaceVersion = 1;');
    fs.writeFileSync(path.join(addon, 'package.json'), '{ "type": "commonjs" }');
    return folder;
  }
  const message =
    /weir's capture addon was built for another version of weir \(.*weir\.node has version 1 of the interface, \d+ was expected\): run 'npm run build:native'/;

  it('is named, with what to do, and not worked around', async () => {
    const weir = path.join(withStaleAddon(), 'bin', 'weir');
    const live = await run(weir, ['live', '-i', 'lo', '-o', path.join(temporaryFolder(), 'out.json')]);
    expect(live.exitCode).toBe(1);
    expect(live.stderr).toMatch(message);
    expect(live.stderr).not.toMatch(/captures from/);
    const { stdout } = await run(weir, ['interfaces', '--json']);
    const { backends } = JSON.parse(stdout) as { backends: { name: string; missing: string | null }[] };
    for (const name of ['afpacket', 'libpcap'])
      expect(backends.find((each) => each.name === name)?.missing).toMatch(message);
  });

  it.skipIf(!hasCompiler)('is made anew even where it was made beforehand', () => {
    const folder = withStaleAddon();
    const prebuilt = path.join(folder, 'prebuilds', `${process.platform}-${process.arch}`);
    fs.mkdirSync(prebuilt, { recursive: true });
    const addon = path.join(folder, 'native', 'build', 'weir.node');
    fs.renameSync(addon, path.join(prebuilt, 'weir.node'));
    expect(build(folder, {}, '--require')).toMatchObject({ status: 0, stdout: '' });
    expect(fs.statSync(addon).isFile()).toBe(true);
  });
});

describe.skipIf(missing !== null)('the addon', () => {
  it.skipIf(!hasCompiler)('is built by the install script alone', async () => {
    const folder = copyOfPackage();
    expect(build(folder, {}, '--require')).toMatchObject({ status: 0, stdout: '' });
    const { stdout } = await run(path.join(folder, 'bin', 'weir'), ['interfaces', '--json']);
    const { backends } = JSON.parse(stdout) as { backends: { name: string; missing: string | null }[] };
    expect(backends.find(({ name }) => name === 'afpacket')?.missing).toBeNull();
  });

  it.skipIf(!hasCompiler)('is taken as it was made beforehand, without a compiler', async () => {
    const folder = copyOfPackage();
    expect(build(folder, {}, '--prebuild')).toMatchObject({ status: 0, stdout: '' });
    const prebuilt = path.join(folder, 'prebuilds', `${process.platform}-${process.arch}`, 'weir.node');
    // Neither a compiler nor anything else is there.
    const alone = { PATH: temporaryFolder(), CXX: '' };
    expect(build(folder, alone, '--require')).toMatchObject({ status: 0, stdout: '' });
    expect(fs.existsSync(path.join(folder, 'native', 'build'))).toBe(false);
    const afpacketMissing = async (): Promise<string | null | undefined> => {
      const { stdout } = await run(path.join(folder, 'bin', 'weir'), ['interfaces', '--json']);
      const { backends } = JSON.parse(stdout) as { backends: { name: string; missing: string | null }[] };
      return backends.find(({ name }) => name === 'afpacket')?.missing;
    };
    expect(await afpacketMissing()).toBeNull();
    // One that this machine cannot load is passed over, and built anew where that goes.
    fs.writeFileSync(prebuilt, 'for another machine');
    expect(await afpacketMissing()).toMatch(/weir\.node/);
    expect(build(folder, alone, '--require').status).toBe(1);
    expect(build(folder, {}, '--require')).toMatchObject({ status: 0, stdout: '' });
    expect(await afpacketMissing()).toBeNull();
  });

  it('is refused when it is of another version, or no addon at all', () => {
    const folder = temporaryFolder();
    const other = path.join(folder, 'other.cjs');
    fs.writeFileSync(other, 'exports.interfaceVersion = 99;');
    const broken = path.join(folder, 'broken.node');
    fs.writeFileSync(broken, 'not an addon');
    const misplaced = path.join(folder, 'misplaced.cjs');
    fs.writeFileSync(misplaced, 'exports.interfaceVersion = 3; exports.ringLayout = { next: 4 };');
    expect(load([other])).toMatchObject({
      addon: null,
      trouble: expect.stringMatching(/has version 99 of the interface/) as string,
    });
    expect(load([broken]).trouble).toMatch(/broken\.node/);
    expect(load([misplaced]).trouble).toMatch(/has \w+ at \w+, \d+ was expected/);
    expect(load(['./nowhere.node'])).toEqual({ addon: null, trouble: 'it has not been built', isStale: false });
    expect([other, broken, misplaced].map((each) => load([each]).isStale)).toEqual([true, false, false]);
  });
});
