import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { sharedFolder } from '../support/captures.js';
import { inspectCapture } from '../support/inspect.js';
import { KINDS } from '../support/metadata-kinds.js';
import { tsharkValues, weirValues } from '../support/metadata-values.js';

/**
 * Metadata of captures beside the project, compared with what tshark reads in them: every value that tshark has for a
 * conversation is one that weir has. What weir lacks stands below, by capture, with its reason.
 */

const DAMAGED = 'damaged on purpose: tshark reads on where the messages make no sense';
const SECRETS = 'the capture comes with the keys of its sessions, which weir does not use';
const RETRY = 'tshark gives a HelloRetryRequest a JA3S of its own';
const RESET = 'the server goes on after the connection was reset: another flow, without the start';

interface Difference {
  /** Values that weir lacks, at most: the list may only shrink. */
  readonly lacking: number;
  readonly reason: string;
}

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'capwap.pcap': { lacking: 4, reason: 'CAPWAP is not taken off' },
  'capwap_data.pcapng': { lacking: 2, reason: 'CAPWAP is not taken off' },
  'doq.pcapng': { lacking: 3, reason: SECRETS },
  'fuzz-2006-06-26-2594.pcap': { lacking: 85, reason: DAMAGED },
  'fuzz-2006-09-29-28586.pcap': { lacking: 2, reason: DAMAGED },
  'fuzz-2020-02-16-11740.pcap': { lacking: 34, reason: DAMAGED },
  'http_invalid_server.pcap': { lacking: 1, reason: 'tshark takes UTF-8 for ASCII' },
  'pinterest.pcap': { lacking: 4, reason: RESET },
  'quic-28.pcap': { lacking: 1, reason: 'of several versions that a client tries the first is kept' },
  'quic-33.pcapng': { lacking: 1, reason: SECRETS },
  'quic-v2.pcapng': { lacking: 1, reason: SECRETS },
  'quic_t50.pcap': { lacking: 1, reason: 'ACK frames of Google QUIC are of another form: the answer is not read' },
  'quic_t51.pcap': { lacking: 1, reason: 'ACK frames of Google QUIC are of another form: the answer is not read' },
  'steam.pcapng': { lacking: 1, reason: RETRY },
  'tls_cipher_lens.pcap': { lacking: 1, reason: DAMAGED },
  'tumblr.pcap': { lacking: 1, reason: RETRY },
};

/** The share of tshark's values of a kind that weir must have. */
const SHARE_WANTED = 0.99;

/** Kinds that fall short of it, and the share that they have at least: may only grow, until the line can go. */
const BELOW: Readonly<Record<string, number>> = {
  ja3s: 0.989,
  certificate: 0.981,
  'http server': 0.988,
  'dns question type': 0.963,
  'dhcp type': 0.928,
  'dhcp parameter list': 0.9,
  'dhcp host name': 0.909,
  'dhcp hardware address': 0.928,
  'dns id': 0.978,
  'dns rcode': 0.984,
  'quic version': 0.987,
  'sip method': 0.97,
  'sip uri': 0.97,
  'sip from': 0.897,
  'sip to': 0.972,
  'sip call': 0.952,
  'sip user agent': 0.928,
  'radius user': 0.812,
  'ftp command': 0.833,
  'netbios name': 0.827,
};

const FEWEST_VALUES = 11_300;

const folder = sharedFolder('dpi');
if (folder === null) process.stderr.write('dpi-metadata.test.ts: skipped, ../shared/pcaps/dpi is not there\n');

describe.skipIf(folder === null)('metadata', () => {
  const lacking = new Map<string, string[]>();
  const counts = new Map(Object.keys(KINDS).map((kind) => [kind, { values: 0, lacking: 0 }]));
  let values = 0;

  beforeAll(async () => {
    const base = folder as string;
    for (const file of fs.readdirSync(path.join(base, 'metadata')).sort()) {
      const name = path.basename(file, '.jsonl');
      const capture = path.join(base, 'captures', name);
      // Some captures are kept back.
      if (!fs.existsSync(capture)) continue;
      const theirs = tsharkValues(path.join(base, 'metadata', file));
      const ours = weirValues(await inspectCapture(capture, { secrets: true }));
      for (const [key, wanted] of theirs) {
        const missing = [...wanted].filter((value) => ours.get(key)?.has(value) !== true);
        values += wanted.size;
        for (const value of missing) lacking.set(name, [...(lacking.get(name) ?? []), `${key} ${value}`]);
        const count = counts.get(key.slice(key.lastIndexOf(': ') + 2));
        if (count === undefined) continue;
        count.values += wanted.size;
        count.lacking += missing.length;
      }
    }
  }, 300_000);

  it('are nearly all that tshark reads, but for damaged captures', () => {
    const sound = [...lacking].filter(([name]) => DIFFERENCES[name]?.reason !== DAMAGED);
    const missing = (list: typeof sound): number => list.reduce((sum, [, each]) => sum + each.length, 0);
    expect((values - missing(sound)) / values).toBeGreaterThanOrEqual(0.998);
    expect((values - missing([...lacking])) / values).toBeGreaterThanOrEqual(0.987);
  });

  it('was compared for many values', () => {
    expect(values).toBeGreaterThan(FEWEST_VALUES);
  });

  it.each(Object.keys(KINDS))('are those that tshark reads: %s', (kind) => {
    const { values: all, lacking: missing } = counts.get(kind) ?? { values: 0, lacking: 0 };
    expect((all - missing) / all).toBeGreaterThanOrEqual(BELOW[kind] ?? SHARE_WANTED);
  });

  it('lacks nothing but what is explained', () => {
    const unexplained: string[] = [];
    for (const [name, list] of lacking) {
      if (list.length > (DIFFERENCES[name]?.lacking ?? 0))
        unexplained.push(`${name}: ${list.length}`, ...list.slice(0, 20));
    }
    expect(unexplained).toEqual([]);
  });

  it('lacks something wherever that is explained', () => {
    expect(Object.keys(DIFFERENCES).filter((name) => !lacking.has(name))).toEqual([]);
  });
});
