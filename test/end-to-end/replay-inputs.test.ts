import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

import { describe, expect, it } from 'vitest';

import { bundled, programPath, quoted, shell, temporaryFolder, weir, type WeirRun } from '../support/run-weir.js';

/** What `weir replay` reads: files of every kind, folders, patterns, lists, standard input; all into one flow cache. */

programPath();

const replayed = async (words: readonly string[], options?: Parameters<typeof weir>[1]): Promise<WeirRun> => {
  const result = await weir(['replay', '--stats', 'none', ...words], options);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  return result;
};
const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

const known = new Map<string, Promise<string>>();
/** JSON lines of plain captures, made once. */
function recordsOf(...captures: string[]): Promise<string> {
  const key = captures.join(' ');
  const records = known.get(key) ?? replayed(captures).then(({ stdout }) => stdout);
  known.set(key, records);
  return records;
}

const dns = bundled('dns.pcap');
const icmp = bundled('icmp.pcap');

describe('a capture', () => {
  it('goes to standard output as JSON lines when nothing else is said', async () => {
    const { stdout } = await replayed([dns]);
    const records = linesOf(stdout).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toHaveLength(7);
    expect(records[0]).toMatchObject({ sourceIPv4Address: '10.10.0.1', destinationTransportPort: 53 });
  });

  it.each([
    ['gzip', 'dns.pcap.gz', 'dns.pcap'],
    ['zstd', 'ssh.pcap.zst', 'ssh.pcap'],
  ])('is read through %s, which its content tells and not its name', async (_, compressed, plain) => {
    const disguised = path.join(temporaryFolder(), 'plain.pcap');
    fs.copyFileSync(bundled(compressed), disguised);
    const { stdout } = await replayed([disguised]);
    expect(stdout).toBe(await recordsOf(bundled(plain)));
  });

  it('may be pcapng with several interfaces and link types', async () => {
    const { stdout } = await replayed([bundled('mixed-links.pcapng')]);
    expect(linesOf(stdout).length).toBeGreaterThan(5);
  });

  it('may be compressed in several members', async () => {
    const folder = temporaryFolder();
    const packed = path.join(folder, 'twice.pcap.gz');
    const [first, second] = [fs.readFileSync(dns).subarray(0, 1000), fs.readFileSync(dns).subarray(1000)];
    // gzip members one behind the other are one file (RFC 1952 §2.2).
    fs.writeFileSync(packed, Buffer.concat([zlib.gzipSync(first), zlib.gzipSync(second)]));
    expect((await replayed([packed])).stdout).toBe(await recordsOf(dns));
  });
});

describe('several inputs', () => {
  it('share one flow cache: a capture in two parts gives the records of the whole', async () => {
    const folder = temporaryFolder();
    const parts = split(fs.readFileSync(bundled('ssh.pcap')), 30).map((octets, i) => {
      const file = path.join(folder, `part${i}.pcap`);
      fs.writeFileSync(file, octets);
      return file;
    });
    expect(parts).toHaveLength(2);
    const { stdout } = await replayed(parts);
    expect(stdout).toBe(await recordsOf(bundled('ssh.pcap')));
  });

  it('are the captures of a folder, by name; what is no capture is left out with a word', async () => {
    const folder = temporaryFolder();
    fs.copyFileSync(icmp, path.join(folder, 'b.pcap'));
    fs.copyFileSync(dns, path.join(folder, 'a.pcap'));
    fs.writeFileSync(path.join(folder, 'notes.txt'), 'not a capture, but some text\n');
    const result = await weir(['replay', '--stats', 'none', folder]);
    expect(result.exitCode).toBe(0);
    expect(linesOf(result.stderr)).toHaveLength(1);
    expect(result.stderr).toContain('notes.txt');
    expect(result.stdout).toBe(await recordsOf(dns, icmp));
  });

  it('may stand behind --, where a name may begin with a hyphen', async () => {
    const folder = temporaryFolder();
    fs.copyFileSync(icmp, path.join(folder, '-odd.pcap'));
    const { stdout } = await replayed([dns, '--', '-odd.pcap'], { directory: folder });
    expect(stdout).toBe(await recordsOf(dns, icmp));
  });

  it('are the files that match a pattern, sorted', async () => {
    const folder = temporaryFolder();
    fs.copyFileSync(icmp, path.join(folder, 'day-2.pcap'));
    fs.copyFileSync(dns, path.join(folder, 'day-1.pcap'));
    fs.copyFileSync(icmp, path.join(folder, 'other.pcap'));
    const { stdout } = await replayed([path.join(folder, 'day-?.pcap')]);
    expect(stdout).toBe(await recordsOf(dns, icmp));
  });

  it('are named by a list, from the working directory or from where the list lies', async () => {
    const folder = temporaryFolder();
    fs.copyFileSync(dns, path.join(folder, 'first.pcap'));
    fs.writeFileSync(path.join(folder, 'captures.txt'), `# a day\nfirst.pcap\n\n${icmp}\n`);
    const expected = await recordsOf(dns, icmp);
    expect((await replayed(['--list', 'captures.txt'], { directory: folder })).stdout).toBe(expected);
    expect((await replayed(['--list', path.join(folder, 'captures.txt')])).stdout).toBe(expected);
  });
});

describe('standard input', () => {
  it.each(['dns.pcap', 'dns.pcap.gz', 'ssh.pcap.zst', 'mixed-links.pcapng'])('takes %s', async (name) => {
    const { stdout } = await replayed(['-'], { input: fs.readFileSync(bundled(name)) });
    expect(linesOf(stdout).length).toBeGreaterThan(0);
    expect(stdout).toBe(await recordsOf(bundled(name)));
  });

  it('comes in whatever pieces', async () => {
    const pieces = `(head -c 30; sleep 0.05; head -c 2000; sleep 0.05; cat) < ${quoted(dns)}`;
    const { stdout, exitCode } = await shell(`${pieces} | weir replay - -o - --stats none`);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(await recordsOf(dns));
  });

  it('may be redirected from a file, and named among others', async () => {
    const { stdout } = await shell(`weir replay ${quoted(dns)} - --stats none < ${quoted(icmp)}`);
    expect(stdout).toBe(await recordsOf(dns, icmp));
  });

  it('may be a named pipe', async () => {
    const { stdout } = await shell(`weir replay <(zcat < ${quoted(bundled('dns.pcap.gz'))}) --stats none`);
    expect(stdout).toBe(await recordsOf(dns));
  });

  it('with nothing in it is a fault', async () => {
    const result = await weir(['replay', '-', '--stats', 'none'], { input: new Uint8Array(0) });
    expect(result).toMatchObject({ exitCode: 1, stdout: '' });
    expect(result.stderr).toMatch(/standard input: .*empty/);
  });
});

describe('a period', () => {
  it('leaves out what lies before --from and from --to on, and counts it', async () => {
    const { stdout, stderr, exitCode } = await weir([
      ...['replay', bundled('demo.pcap'), '--stats', 'json', '--from', '2026-01-15T08:30:00Z'],
      ...['--to', '2026-01-15 09:00'],
    ]);
    expect(exitCode).toBe(0);
    // The only one of the parts of the demonstration in that half hour.
    expect(withoutIds(stdout)).toEqual(withoutIds(await recordsOf(dns)));
    const { ledger } = JSON.parse(stderr) as {
      ledger: { packets: { ignored: Record<string, number>; received: number } };
    };
    expect(ledger.packets.received).toBe(769);
    expect(ledger.packets.ignored.filtered).toBe(769 - 34);
  });

  it('may be given in seconds since 1970', async () => {
    const at = Date.UTC(2026, 0, 15, 8, 30) / 1_000;
    const { stdout } = await replayed([bundled('demo.pcap'), '--from', `${at}`, '--to', `${at + 1800}`]);
    expect(withoutIds(stdout)).toEqual(withoutIds(await recordsOf(dns)));
  });
});

/** Cuts a pcap file of the usual byte order behind its first `packets` packets. */
function split(capture: Buffer, packets: number): Buffer[] {
  const HEADER = 24;
  let at = HEADER;
  for (let n = 0; n < packets; n++) at += 16 + capture.readUInt32LE(at + 8);
  const head = capture.subarray(0, HEADER);
  return [capture.subarray(0, at), Buffer.concat([head, capture.subarray(at)])];
}

/** Records without what counts from the start of the run. */
function withoutIds(text: string): unknown[] {
  return linesOf(text).map((line) => ({ ...(JSON.parse(line) as object), flowId: 0 }));
}
