import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { bundled, programPath, run, temporaryFolder } from '../support/run-weir.js';
import { missing } from './programs.js';

/** What people install: built from this tree, put where it does no harm, used and removed. */

programPath();
const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
const MINUTE_MS = 60_000;

async function done(program: string, words: readonly string[], directory = root): Promise<string> {
  const { exitCode, stdout, stderr } = await run(program, words, { directory });
  if (exitCode !== 0) throw new Error(`${program} ${words.join(' ')}: exit code ${exitCode}\n${stdout}${stderr}`);
  return stdout;
}

async function expectWorks(weir: string): Promise<void> {
  expect(await done(weir, ['--version'])).toBe(`${version}\n`);
  const records = await done(weir, ['replay', bundled('dns.pcap'), '--stats', 'none']);
  expect(records.trimEnd().split('\n')).toHaveLength(8 - 1);
  // The list of label rules comes along.
  expect(await done(weir, ['labels'])).toMatch(/^office365 \d+ \(rule, default:\d+\)/m);
}

describe('the tarball', () => {
  const reason = missing(['npm', 'tar']);
  it.skipIf(reason !== null)(
    `is installed by npm without a network, and works${reason ?? ''}`,
    async () => {
      const folder = temporaryFolder();
      await done(path.join(root, 'scripts/build-tarball'), [folder]);
      const tarball = path.join(folder, `weir-${version}.tgz`);
      const words = ['install', '--offline', '--no-audit', '--no-fund', '--prefix', folder, tarball];
      await done('npm', words, folder);
      await expectWorks(path.join(folder, 'node_modules/.bin/weir'));
    },
    MINUTE_MS * 3,
  );
});

describe('the Debian package', () => {
  const isRoot = process.getuid?.() === 0;
  const reason = missing(['dpkg', 'dpkg-deb', 'systemd-sysusers', 'npm'], isRoot ? null : 'not root');
  it.skipIf(reason !== null)(
    `is installed, works, and is removed but for the configuration${reason ?? ''}`,
    async () => {
      const folder = temporaryFolder();
      const deb = (await done(path.join(root, 'scripts/build-deb'), [folder])).trim();
      const system = path.join(folder, 'root');
      for (const each of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'etc']) {
        fs.mkdirSync(path.join(system, each), { recursive: true });
      }
      fs.writeFileSync(path.join(system, 'var/lib/dpkg/status'), '');
      const at = (name: string): string => path.join(system, name);
      // Nothing else is installed there, nodejs neither.
      const dpkg = (...words: string[]): Promise<string> =>
        done('dpkg', [
          ...[`--root=${system}`, '--force-depends', '--force-script-chrootless', `--log=${at('log')}`],
          ...words,
        ]);

      await dpkg('--install', deb);
      await expectWorks(at('usr/bin/weir'));
      expect(fs.readFileSync(at('etc/passwd'), 'utf8')).toMatch(/^weir:x:\d+:\d+:[^:]*:\/var\/lib\/weir:\S*nologin$/m);
      const weirUser = Number(/^weir:x:(\d+)/m.exec(fs.readFileSync(at('etc/passwd'), 'utf8'))?.[1]);
      expect(fs.statSync(at('var/lib/weir'))).toMatchObject({ uid: weirUser, mode: 0o40750 });
      expect(await done(at('usr/bin/weir'), ['config', 'check', at('etc/weir/weir.yaml')])).toContain('no fault');
      for (const name of [
        'usr/lib/systemd/system/weir.service',
        'usr/lib/systemd/system/weir@.service',
        'usr/share/man/man1/weir.1.gz',
        'usr/share/weir/weir.schema.json',
      ])
        expect(fs.existsSync(at(name)), name).toBe(true);

      fs.appendFileSync(at('etc/weir/weir.yaml'), '# ours\n');
      await dpkg('--install', deb);
      expect(fs.readFileSync(at('etc/weir/weir.yaml'), 'utf8')).toMatch(/# ours\n$/);

      await dpkg('--remove', 'weir');
      expect(fs.existsSync(at('usr'))).toBe(false);
      expect(fs.existsSync(at('etc/weir/weir.yaml'))).toBe(true);
      await dpkg('--purge', 'weir');
      expect(fs.existsSync(at('etc/weir'))).toBe(false);
    },
    MINUTE_MS * 3,
  );
});
