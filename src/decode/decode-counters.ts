import { IGNORED_NAMES } from './ignored.js';

/** What decode counted: the first lines of the ledger. */
export class DecodeCounters {
  /** Packets handed to decode. */
  received = 0;
  /** Packets not metered, by `IGNORED_*` reason. */
  readonly ignored = new Float64Array(IGNORED_NAMES.length);
  /** Packets that are not IP, by EtherType; below 1536: the length field of an IEEE 802.3 frame. */
  readonly notIpByEtherType = new Uint32Array(65_536);
  /** Packets whose innermost tunnel could not be decoded and that were metered as packets of the tunnel. */
  undecodedTunnels = 0;
}
