import fs from 'node:fs';
import path from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { type CanonicalFlow, canonicalFlow, parseJsonLines, replayInProcess } from '../support/canonical.js';
import { sharedFolder } from '../support/captures.js';
import { compareFlows, describeDifference } from '../support/compare-records.js';

/**
 * Some 1,200 captures, many of them malformed on purpose, with the records that an independent meter makes of them under the
 * same rules: every packet of a capture is read, the ledger balances, and the records are equal in all their fields.
 */

const MORE_LINKS = 'the other meter does not know this header:';
const STACK = 'the whole VLAN stack is part of the key; the other meter takes the innermost id alone';

/**
 * Where the records differ, with what weir makes of the capture, and why that is right. The list may only shrink, but for
 * headers that weir learns and the other meter does not know.
 */
const DIFFERENCES: Readonly<Record<string, { flows: number; packets: number; reason: string }>> = {
  'mercury__unit_pcaps__tls_sgt.pcap': {
    flows: 217,
    packets: 2431,
    reason: `${MORE_LINKS} Cisco metadata (EtherType 0x8909)`,
  },
  'suricata__decode-dce__input.pcap': { flows: 24, packets: 32, reason: `${MORE_LINKS} Cisco FabricPath` },
  'suricata__decode-etag-02__input.pcap': { flows: 1, packets: 1, reason: `${MORE_LINKS} 802.1BR E-TAG` },
  'suricata__decode-nsh-type1__input.pcap': { flows: 1, packets: 1, reason: `${MORE_LINKS} NSH` },
  'suricata__decode-vntag-01__input.pcap': { flows: 1, packets: 5, reason: `${MORE_LINKS} VN-tag` },
  'suricata__defrag__bug-6887-defrag-ppp-ipv4-tcp-syn__frag-ppp-ip-tcp-syn.pcap': {
    flows: 1,
    packets: 3,
    reason: `${MORE_LINKS} PPP as link type`,
  },
  'suricata__transform-base64-7296__input.pcap': {
    flows: 14,
    packets: 59,
    reason: 'clocks that differ by years: weir ends a flow when its timer is due, the other meter at its next packet',
  },
  'tcpdump__OSPFv3_multipoint_adjacencies.pcap': { flows: 7, packets: 73, reason: `${MORE_LINKS} Frame Relay` },
  'tcpdump__bgp-aigp.pcap': { flows: 1, packets: 1, reason: `${MORE_LINKS} Juniper` },
  'tcpdump__dsa-high-vid.pcap': { flows: 2, packets: 4, reason: `${MORE_LINKS} DSA switch tag` },
  'tcpdump__dsa.pcap': { flows: 2, packets: 6, reason: `${MORE_LINKS} DSA switch tag` },
  'tcpdump__ieee802.11_htc.pcap': { flows: 1, packets: 1, reason: `${MORE_LINKS} 802.11 with HT control` },
  'tcpdump__nflog.pcap': { flows: 4, packets: 4, reason: `${MORE_LINKS} NFLOG` },
  'tcpdump__nsh.pcap': { flows: 1, packets: 1, reason: `${MORE_LINKS} NSH` },
  'zeek__dns-inverse-query.pcap': { flows: 1, packets: 11, reason: `${MORE_LINKS} FDDI` },
  'zeek__dns__loc-29-trunc.pcap': { flows: 2, packets: 2, reason: STACK },
  'zeek__radiotap.pcap': { flows: 2, packets: 3, reason: `${MORE_LINKS} 802.11 with radiotap` },
  'zeek__vlan-pcp-dei.pcapng': { flows: 3, packets: 9, reason: STACK },
  'zeek__vntag_vlan_sandwich_clean.pcap': { flows: 1, packets: 1, reason: `${MORE_LINKS} VN-tag` },
};

const FEWEST_CAPTURES = 1_190;
const FEWEST_FLOWS = 4_100;

interface Outcome {
  readonly name: string;
  readonly wantedPackets: number;
  readonly wantedFlows: number;
  readonly packets: number;
  readonly meteredPackets: number;
  readonly flows: number;
  readonly balanced: boolean;
  /** Null when the records are equal. */
  readonly difference: string | null;
}

const folder = sharedFolder('flows');
if (folder === null) process.stderr.write('shared-captures.test.ts: skipped, ../shared/pcaps/flows is not there\n');

describe.skipIf(folder === null)('captures of other test suites', () => {
  let outcomes: Outcome[] = [];

  beforeAll(async () => {
    outcomes = await replayAll(folder as string);
  });

  it('are there in full, with their records', () => {
    expect(outcomes.length).toBeGreaterThanOrEqual(FEWEST_CAPTURES);
    expect(outcomes.reduce((sum, { wantedFlows }) => sum + wantedFlows, 0)).toBeGreaterThanOrEqual(FEWEST_FLOWS);
  });

  it('are read to their ends or faults', () => {
    const other = outcomes.filter(({ packets, wantedPackets }) => packets !== wantedPackets);
    expect(other.map(({ name, packets, wantedPackets }) => `${name}: ${packets} of ${wantedPackets} packets`)).toEqual(
      [],
    );
  });

  it('balance the ledger', () => {
    expect(outcomes.filter(({ balanced }) => !balanced).map(({ name }) => name)).toEqual([]);
  });

  it('give the expected records', () => {
    const differing = outcomes.filter(({ name, difference }) => difference !== null && !(name in DIFFERENCES));
    expect(differing.map(({ name, difference }) => `${name}: ${difference}`)).toEqual([]);
  });

  it.each(Object.entries(DIFFERENCES))('%s differs for a known reason', (name, known) => {
    const outcome = outcomes.find((each) => each.name === name);
    expect(outcome, 'no such capture: take it off the list').toBeDefined();
    expect(outcome?.difference, 'the records are equal: take the capture off the list').not.toBeNull();
    expect({ flows: outcome?.flows, packets: outcome?.meteredPackets }).toEqual({
      flows: known.flows,
      packets: known.packets,
    });
  });
});

async function replayAll(from: string): Promise<Outcome[]> {
  const [head, ...lines] = fs.readFileSync(path.join(from, 'captures.tsv'), 'utf8').trimEnd().split('\n');
  expect(head.split('\t').slice(0, 3)).toEqual(['capture', 'expected', 'packets_read']);
  const outcomes: Outcome[] = [];
  for (const line of lines) {
    const [capture, expected, packets] = line.split('\t');
    const wanted = parseJsonLines(fs.readFileSync(path.join(from, 'expected', expected), 'utf8')) as CanonicalFlow[];
    const { records, statistics } = await replayInProcess([path.join(from, capture)]);
    const difference = compareFlows(wanted, records.map(canonicalFlow));
    outcomes.push({
      name: path.basename(capture),
      wantedPackets: Number(packets),
      wantedFlows: wanted.length,
      packets: statistics.ledger.packets.received,
      meteredPackets: statistics.ledger.packets.metered,
      flows: records.length,
      balanced: statistics.ledger.balanced,
      difference: difference === null ? null : describeDifference(difference),
    });
  }
  return outcomes;
}
