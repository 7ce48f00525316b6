import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { bundled, temporaryFolder, weir } from '../../../support/run-weir.js';

describe('weir yaf', () => {
  it.each([
    [['--silkk'], 'unknown option --silkk; did you mean --silk?'],
    [['day.pcap'], "'day.pcap': YAF's command line has options only; expected --in day.pcap"],
    [['--in'], 'option in: a value is missing'],
    [['--applabel'], '--applabel: expected --max-payload too'],
    [['--ndpi'], '--ndpi is not done by weir: '],
    [['--in', 'x.pcap', '--out', 'x.yaf', '--idle-timeout', 'x'], "--idle-timeout 'x' is no duration"],
  ])('%j is wrong, and nothing is done', async (words, message) => {
    const { exitCode, stdout, stderr } = await weir(['yaf', ...words]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`weir: ${message}`);
    expect(stderr).toMatch(/--help tells more\.\n$/);
  });

  it('has words that begin with no- by their names', async () => {
    const { stdout } = await weir(['yaf', '-i', 'a.pcap', '-o', 'b.yaf', '--no-stats', '--no-vlan-in-key', '--show']);
    expect(stdout).toMatch(/^weir replay .* --no-vlan-in-key .*-- a\.pcap\n$/);
  });

  it('writes what weir replay writes with profile cert', async () => {
    const folder = temporaryFolder();
    const [one, other] = ['one.yaf', 'other.yaf'].map((name) => path.join(folder, name));
    const words = ['--stats', 'none', '--idle-timeout', '300', '--decap', 'none'];
    const replayed = await weir(['replay', bundled('dns.pcap'), '-o', `${other}?profile=cert`, ...words]);
    if (replayed.stderr.includes('option profile')) {
      console.warn('skipped: this build has no profile cert');
      return;
    }
    expect(replayed).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await weir(['yaf', '--in', bundled('dns.pcap'), '--out', one, '--silk'])).toEqual(replayed);
    expect((await weir(['print', one, '--format', 'csv'])).stdout).toBe(
      (await weir(['print', other, '--format', 'csv'])).stdout,
    );
    expect(fs.statSync(one).size).toBeGreaterThan(500);
  });

  it('meters live with weir live', async () => {
    const file = path.join(temporaryFolder(), 'live.yaf');
    const input = fs.readFileSync(bundled('dns.pcap'));
    const live = await weir(['yaf', '--live', 'pcap', '--in', '-', '--out', file], { input });
    if (live.stderr.includes('option profile')) {
      console.warn('skipped: this build has no profile cert');
      return;
    }
    expect(live).toMatchObject({ exitCode: 0, stdout: '' });
    const flows = (await weir(['print', file, '--format', 'json'])).stdout.trimEnd().split('\n');
    const replayed = await weir(['replay', bundled('dns.pcap'), '-o', '-', '--stats', 'none', '--idle-timeout', '300']);
    expect(flows).toHaveLength(replayed.stdout.trimEnd().split('\n').length);
  });
});
