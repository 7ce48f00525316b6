import { Ignored, IGNORED_NAMES } from '../decode/ignored.js';
import type { DecodeCounters } from '../decode/decode-counters.js';
import type { FlowCacheCounters } from '../flow/flow-cache-counters.js';

/**
 * The ledger: every packet that arrived is accounted for exactly once, and so is every flow.
 *
 *     packets received = metered (over all records, both directions) + ignored by reason + in flows still live
 *     flows created    = exported + not sent by reason + live
 */
export interface Ledger {
  readonly packets: {
    readonly received: number;
    readonly metered: number;
    readonly ignored: Readonly<Record<string, number>>;
    readonly ignoredTotal: number;
    readonly live: number;
  };
  /** IP octets of the metered packets. */
  readonly octetsMetered: number;
  readonly flows: {
    readonly created: number;
    readonly exported: number;
    readonly notSent: number;
    readonly live: number;
    readonly peak: number;
    readonly endReasons: Readonly<Record<string, number>>;
  };
  readonly fragments: { readonly portsUnknown: number; readonly tableOverflow: number };
  readonly undecodedTunnels: number;
  readonly oddTimestamps: number;
  /** Non-IP packets by EtherType (hexadecimal); `802.3` are frames whose type field is a length. */
  readonly notIpByEtherType: Readonly<Record<string, number>>;
  readonly balanced: boolean;
}

/** flowEndReason by name, in the order of its values (IANA element 136). */
const END_REASONS = ['', 'idle', 'active', 'endOfFlow', 'forced', 'lackOfResources'];

/** What one run, or one worker of it, counted. */
export interface LedgerCounts {
  readonly decode: readonly DecodeCounters[];
  readonly cache: readonly FlowCacheCounters[];
  readonly live: number;
  readonly packetsLive: number;
  readonly packetsExported: number;
  readonly octetsExported: number;
  readonly flowsExported: number;
  readonly flowsNotSent: number;
  readonly fragmentsUnknown: number;
  readonly fragmentOverflow: number;
  /** Packets that were taken out before decode: by time or filter, and as duplicates. */
  readonly filtered: number;
  readonly duplicates: number;
  readonly oddTimestamps: number;
}

export function makeLedger(counts: LedgerCounts): Ledger {
  const { decode, cache } = counts;
  const sum = <T>(list: readonly T[], of: (each: T) => number): number =>
    list.reduce((total, each) => total + of(each), 0);
  const ignored: Record<string, number> = {};
  let ignoredTotal = counts.filtered + counts.duplicates;
  for (let reason = 1; reason < IGNORED_NAMES.length; reason++) {
    const n = sum(decode, (each) => each.ignored[reason]);
    // Every reason has its key, whether it occurred or not.
    ignored[IGNORED_NAMES[reason]] = n;
    ignoredTotal += n;
  }
  ignored[IGNORED_NAMES[Ignored.Filtered]] += counts.filtered;
  ignored[IGNORED_NAMES[Ignored.Duplicate]] += counts.duplicates;
  const endReasons: Record<string, number> = {};
  for (let reason = 1; reason < END_REASONS.length; reason++) {
    endReasons[END_REASONS[reason]] = sum(cache, (each) => each.ended[reason]);
  }
  const received = sum(decode, (each) => each.received) + counts.filtered + counts.duplicates;
  const created = sum(cache, (each) => each.created);
  return {
    packets: { received, metered: counts.packetsExported, ignored, ignoredTotal, live: counts.packetsLive },
    octetsMetered: counts.octetsExported,
    flows: {
      created,
      exported: counts.flowsExported,
      notSent: counts.flowsNotSent,
      live: counts.live,
      peak: sum(cache, (each) => each.peak),
      endReasons,
    },
    fragments: { portsUnknown: counts.fragmentsUnknown, tableOverflow: counts.fragmentOverflow },
    undecodedTunnels: sum(decode, (each) => each.undecodedTunnels),
    oddTimestamps: counts.oddTimestamps,
    notIpByEtherType: etherTypes(decode),
    balanced:
      received === counts.packetsExported + ignoredTotal + counts.packetsLive &&
      created === counts.flowsExported + counts.flowsNotSent + counts.live,
  };
}

function etherTypes(decode: readonly DecodeCounters[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { ignored, notIpByEtherType } of decode) {
    // Most that are there have a small type: the rest of the table need not be looked through.
    let left = ignored[Ignored.NotIp];
    for (let type = 0; left > 0 && type < notIpByEtherType.length; type++) {
      if (notIpByEtherType[type] === 0) continue;
      left -= notIpByEtherType[type];
      const name = type < 0x0600 ? '802.3' : `0x${type.toString(16).padStart(4, '0')}`;
      counts[name] = (counts[name] ?? 0) + notIpByEtherType[type];
    }
  }
  return counts;
}
