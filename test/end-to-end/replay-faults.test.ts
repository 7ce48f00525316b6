import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { parseJsonLines } from '../support/canonical.js';
import { bundled, programPath, quoted, shell, temporaryFolder, weir } from '../support/run-weir.js';

/**
 * What `weir replay` says and does when something is wrong. Exit codes: 0 done; 1 a fault while running, after which
 * everything read so far is metered and exported; 2 wrong usage, before anything is done.
 */

programPath();

const dns = bundled('dns.pcap');
const QUIET = ['--stats', 'none'];

describe('inputs', () => {
  it('that are missing are wrong usage', async () => {
    const missing = path.join(temporaryFolder(), 'missing.pcap');
    const output = path.join(temporaryFolder(), 'flows.jsonl');
    const result = await weir(['replay', dns, missing, '-o', output]);
    expect(result).toEqual({ exitCode: 2, stdout: '', stderr: `weir replay: ${missing}: no such file or folder\n` });
    expect(fs.existsSync(output)).toBe(false);
  });

  it('that a pattern or a list shall name, and does not, are wrong usage', async () => {
    const folder = temporaryFolder();
    const pattern = path.join(folder, '*.pcap');
    const list = path.join(folder, 'captures.txt');
    const empty = await weir(['replay', folder, ...QUIET]);
    expect(empty).toMatchObject({ exitCode: 2, stdout: '' });
    expect(empty.stderr).toContain(`${folder}: no capture`);
    expect(await weir(['replay', pattern])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(pattern) as string,
    });
    expect(await weir(['replay', '--list', list])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(list) as string,
    });
  });

  it('that are no captures are named, with what they are and what was expected; the others are metered', async () => {
    const text = path.join(temporaryFolder(), 'notes.pcap');
    fs.writeFileSync(text, 'Dear diary, no packets today.\n');
    const result = await weir(['replay', text, dns, ...QUIET]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /^weir replay: .*notes\.pcap: .*not a capture.*text.*pcap or pcapng.* was expected\n$/,
    );
    expect(parseJsonLines(result.stdout)).toHaveLength(7);
  });

  it('that are cut are metered up to the cut, which is named with file and offset', async () => {
    const cut = bundled('dns-truncated.pcap');
    const result = await weir(['replay', cut, ...QUIET]);
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: `weir replay: ${cut}: offset 5001: the packet record is cut: the capture ends 49 octets into it\n`,
    });
    const packets = parseJsonLines(result.stdout).map(
      ({ packetDeltaCount, reversePacketDeltaCount = 0 }) =>
        (packetDeltaCount as number) + (reversePacketDeltaCount as number),
    );
    expect(packets.reduce((sum, n) => sum + n, 0)).toBe(31);
  });

  it('that are damaged in the middle are metered up to there; what follows in other files goes on', async () => {
    const damaged = path.join(temporaryFolder(), 'damaged.pcap');
    const octets = fs.readFileSync(dns);
    octets.writeUInt32LE(0x7fff_ffff, 24 + 8); // captured length of the first packet
    fs.writeFileSync(damaged, octets);
    const result = await weir(['replay', damaged, dns, '--stats', 'json']);
    expect(result.exitCode).toBe(1);
    const [message, statistics] = result.stderr.trimEnd().split('\n');
    expect(message).toBe(
      `weir replay: ${damaged}: offset 24: the record claims 2147483647 captured octets, at most 262144 were expected`,
    );
    expect(JSON.parse(statistics)).toMatchObject({
      inputs: { read: 2, faults: [{ input: damaged, offset: 24 }] },
      ledger: { packets: { received: 34 }, balanced: true },
    });
  });

  it.each([
    ['gzip', 'dns.pcap.gz', 900],
    ['zstd', 'ssh.pcap.zst', 4000],
  ])('that are cut within %s are metered as far as they can be unpacked', async (_, name, octets) => {
    const cut = path.join(temporaryFolder(), name);
    fs.writeFileSync(cut, fs.readFileSync(bundled(name)).subarray(0, octets));
    const result = await weir(['replay', cut, ...QUIET]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(new RegExp(`^weir replay: ${cut}: offset \\d+: .+\n$`));
  });
});

describe('outputs', () => {
  it('whose ending says nothing are wrong usage', async () => {
    const { exitCode, stderr } = await weir(['replay', dns, '-o', 'flows.xlsx']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/'flows\.xlsx': expected a name that ends in \.ipfix.*\.jsonl.*\.csv.*\.gz or \.zst/);
    expect(fs.existsSync('flows.xlsx')).toBe(false);
  });

  it('that are named twice are wrong usage', async () => {
    const file = path.join(temporaryFolder(), 'flows.csv');
    const { exitCode, stderr } = await weir(['replay', dns, '-o', file, '-o', file]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--output '${file}'`);
  });

  it('that cannot be opened are named with the reason', async () => {
    const file = path.join(temporaryFolder(), 'no', 'such', 'folder', 'flows.csv');
    const result = await weir(['replay', dns, '-o', file]);
    expect(result).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `weir replay: ${file}: cannot open: no such file or directory (ENOENT)\n`,
    });
  });

  it.skipIf(!fs.existsSync('/dev/full'))('that are full are named; the other outputs get everything', async () => {
    const folder = temporaryFolder();
    const full = path.join(folder, 'full.jsonl');
    const sound = path.join(folder, 'sound.jsonl');
    fs.symlinkSync('/dev/full', full);
    const result = await weir(['replay', dns, '-o', full, '-o', sound, '--stats', 'json']);
    expect(result.exitCode).toBe(1);
    const [message, statistics] = result.stderr.trimEnd().split('\n');
    expect(message).toBe(`weir replay: ${full}: cannot write: no space left on device (ENOSPC)`);
    expect(JSON.parse(statistics)).toMatchObject({
      outputs: [
        { name: full, fault: expect.stringContaining('ENOSPC') as string },
        { name: sound, records: 7, fault: null },
      ],
    });
    expect(parseJsonLines(fs.readFileSync(sound, 'utf8'))).toHaveLength(7);
  });

  it('on a disk that fills up keep what fitted, in whole', async (context) => {
    const mount = 'mkdir disk && mount -t tmpfs -o size=64k tmpfs disk';
    const folder = temporaryFolder();
    if (spawnSync('unshare', ['-m', 'bash', '-c', mount], { cwd: folder }).status !== 0) {
      process.stderr.write('replay-faults.test.ts: no full disk tried, mounting one is not permitted\n');
      context.skip();
    }
    fs.rmSync(path.join(folder, 'disk'), { recursive: true });
    const line =
      `exec unshare -m bash -c ${quoted(`${mount} && "$@"; code=$?; cat disk/flows.jsonl; exit $code`)} ` +
      `bash ${quoted(process.execPath)} ${quoted(programPath())} replay ${quoted(bundled('demo.pcap'))} -o disk/flows.jsonl --stats none`;
    const result = await shell(line, { directory: folder });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe('weir replay: disk/flows.jsonl: cannot write: no space left on device (ENOSPC)\n');
    const whole = result.stdout.slice(0, result.stdout.lastIndexOf('\n') + 1);
    expect(parseJsonLines(whole).length).toBeGreaterThan(10);
  });

  it('to a pipe whose reader has seen enough end quietly', async () => {
    const capture = quoted(bundled('demo.pcap'));
    const result = await shell(`weir replay ${capture} --stats none | head -n 1; exit \${PIPESTATUS[0]}`);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(parseJsonLines(result.stdout)).toHaveLength(1);
  });

  it('to a pipe without reader do not keep the other outputs from being written', async () => {
    const file = path.join(temporaryFolder(), 'flows.jsonl');
    const result = await shell(`weir replay ${quoted(dns)} -o - -o ${quoted(file)} --stats none | true`);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(parseJsonLines(fs.readFileSync(file, 'utf8'))).toHaveLength(7);
  });

  it('--stats-file that cannot be written is a fault', async () => {
    const folder = temporaryFolder();
    const result = await weir(['replay', dns, '-o', path.join(folder, 'x.csv'), ...QUIET, '--stats-file', folder]);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(`--stats-file ${folder}`);
  });
});

describe('values of options', () => {
  const A_DURATION = /expected a number with us, ms, s, m, h or d/;
  it.each<[option: string, value: string, expected: RegExp]>([
    ['idle-timeout', '30x', A_DURATION],
    ['idle-timeout', '-1', A_DURATION],
    ['active-timeout', 'never', A_DURATION],
    ['max-flows', '0', /expected a whole number from 1 to 50000000/],
    ['max-flows', '1e9', /expected a whole number from 1 to 50000000/],
    ['observation-domain', '4294967296', /expected a whole number from 0 to 4294967295/],
    ['workers', '0', /expected a whole number from 1 to 64/],
    ['workers', 'many', /expected a whole number from 1 to 64/],
    ['from', 'yesterday', /expected seconds since 1970 or a date such as 2026-01-15T10:30:00Z/],
    ['to', '2026-13-01', /expected seconds since 1970 or a date such as/],
    ['decap', 'vxlan,tls', /expected all, none or a list of ipip, .*vxlan/],
    ['port-vxlan', '70000', /expected a whole number from 1 to 65535/],
    ['port-gtp', '2152,', /expected a whole number from 1 to 65535/],
    ['time', 's', /expected one of "ms", "us", "ns"/],
    ['stats', 'xml', /expected one of "text", "json", "none"/],
  ])('--%s %s is wrong usage that says what is allowed', async (option, value, expected) => {
    const output = path.join(temporaryFolder(), 'flows.jsonl');
    const { exitCode, stdout, stderr } = await weir(['replay', dns, '-o', output, `--${option}=${value}`]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`--${option}`);
    expect(stderr).toContain(value.split(',').at(-1));
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/\nweir replay --help tells more\.\n$/);
    expect(fs.existsSync(output)).toBe(false);
  });

  it('--to before --from is wrong usage', async () => {
    const { exitCode, stderr } = await weir(['replay', dns, '--from', '2026-01-02', '--to', '2026-01-01']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--to '2026-01-01': expected a moment after --from");
  });

  it.each([
    [['replay', dns, '--maxflows', '3'], /unknown option --maxflows/],
    [['replay', dns, '-o'], /option o: a value is missing/],
    [['replay'], /name at least one capture/],
    [['replay', '-', '-'], /standard input is named twice/],
  ])('weir %j is wrong usage', async (words, expected) => {
    const { exitCode, stdout, stderr } = await weir(words, { input: new Uint8Array(0) });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(expected);
  });
});
