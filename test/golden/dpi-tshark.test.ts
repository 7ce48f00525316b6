import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { sharedFolder } from '../support/captures.js';
import { inspectCapture } from '../support/inspect.js';
import { tsharkValues, weirValues } from '../support/metadata-values.js';
import { tsharkVersion } from '../support/tshark.js';
import { tsharkRows } from '../support/tshark-metadata.js';

/**
 * Metadata of captures beside the project, many of them malformed on purpose, compared with an own run of tshark: those of
 * the other folder have a test of their own. METADATA_EVERY=1 compares all captures, and not one of so many.
 */

const EVERY = Number(process.env['METADATA_EVERY'] ?? 30);

/**
 * Values that weir lacks, at most: may only shrink. Nearly all stand in messages that are damaged, or that hide behind others
 * on purpose.
 */
const LACKING: Readonly<Record<string, number>> = {
  'mercury__test__afl_data__corner-cases.pcap': 1,
  'suricata__bug-1450-04__tls_DER-incomplete-header.pcap': 1,
  'suricata__bug-4903__bug-4903-01__input.pcap': 1,
  'suricata__bug-4903__bug-4903-02__input.pcap': 1,
  'suricata__bug-4903__bug-4903-03__input.pcap': 2,
  'suricata__bug-5437-02__input.pcap': 1,
  'suricata__bug-8621__bug-8621-01__input.pcap': 1,
  'suricata__firewall__app-layer-protocol-negated-unknown-shortcircuit__input.pcap': 1,
  'suricata__ftp-quit__input.pcap': 1,
  'suricata__http-evader__http-evader-051__input.pcap': 1,
  'suricata__http-evader__http-evader-053__input.pcap': 1,
  'suricata__http-evader__http-evader-391__input.pcap': 1,
  'suricata__http-evader__http-evader-392__input.pcap': 1,
  'suricata__http-uri-spaces__input.pcap': 1,
  'suricata__quic-frag-middle-gap__input.pcap': 1,
  'suricata__smtp-errors__smtperr.pcap': 1,
  'tcpdump__dhcp-rfc4388.pcap': 1,
  'tcpdump__dns-badlabel.pcap': 1,
  'tcpdump__dns_fwdptr.pcap': 2,
  'zeek__dns-edns-ecs-bad.pcap': 8,
  'zeek__dns__dns_notify2.pcap': 1,
  'zeek__http__261__variant-08-leading_zeros.pcap': 2,
  'zeek__http__261__variant-10-multi_value_te.pcap': 2,
  'zeek__http__connect-with-smtp.pcap': 1,
  'zeek__http__get-to-ssh-server.pcap': 1,
  'zeek__http__http-inner-transfer-encoding-reproducer.pcap': 1,
  'zeek__http__http-to-ssh.pcap': 1,
  'zeek__quic__quic-decrypt-fail-google-de-51833.pcap': 4,
  'zeek__rdp__rdpeudp2-handshake-success.pcap': 1,
  'zeek__smtp__mime-header-size-limit.pcap.gz': 1,
};

/** The share of tshark's values that weir must have: one capture counts for much among few. */
const SHARE_WANTED = EVERY === 1 ? 0.985 : 0.9;

const folder = sharedFolder('flows');
const others = sharedFolder('dpi');
const isReady = folder !== null && others !== null && tsharkVersion !== null;
if (!isReady) process.stderr.write('dpi-tshark.test.ts: skipped, ../shared/pcaps or tshark is not there\n');

describe.skipIf(!isReady)('metadata', () => {
  const lacking = new Map<string, string[]>();
  let values = 0;
  let missing = 0;

  beforeAll(async () => {
    const captures = path.join(folder as string, 'captures');
    const compared = new Set(fs.readdirSync(path.join(others as string, 'captures')));
    const names = fs.readdirSync(captures).sort();
    for (const name of names.filter((each, n) => n % EVERY === 0 && !compared.has(each))) {
      const file = path.join(captures, name);
      const rows = tsharkRows(name, file);
      if (rows.length === 0) continue;
      const ours = weirValues(await inspectCapture(file, { secrets: true }));
      const list: string[] = [];
      for (const [key, wanted] of tsharkValues(rows)) {
        values += wanted.size;
        for (const value of wanted) if (ours.get(key)?.has(value) !== true) list.push(`${key} ${value}`);
      }
      missing += list.length;
      if (list.length > 0) lacking.set(name, list);
    }
  }, 1_200_000);

  it('is nearly all that tshark reads', () => {
    expect(values).toBeGreaterThan(2_000 / EVERY);
    expect((values - missing) / values).toBeGreaterThanOrEqual(SHARE_WANTED);
  });

  it('lacks no more than it did', () => {
    const more = [...lacking].filter(([name, list]) => list.length > (LACKING[name] ?? 0));
    expect(more).toEqual([]);
  });
});
