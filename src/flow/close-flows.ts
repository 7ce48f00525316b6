import { isIcmp, Protocol } from '../decode/transport/ports.js';
import { TunnelWord } from '../decode/decoded-batch.js';
import { type ClosedFlows, ClosedW } from './closed-flows.js';
import type { FlowCache } from './flow-cache.js';
import { Present } from './flow-field.js';
import { Record, State, W } from './flow-record.js';

/**
 * Copies flow `f` into row `row` of `closed`.
 * @param added `Present` bits beyond those that the record says itself
 */
export function closeFlow(cache: FlowCache, f: number, closed: ClosedFlows, row: number, added: number): void {
  const { words, extension, extensionWords } = cache;
  const out = closed.words;
  const o = row * closed.stride;
  const r = f << Record.Shift;
  // The loop costs more than the copy: hence four words at a time, and two, since a row has an even number of them.
  for (let w = 0; w < Record.Words; w += 4) {
    out[o + w] = words[r + w];
    out[o + w + 1] = words[r + w + 1];
    out[o + w + 2] = words[r + w + 2];
    out[o + w + 3] = words[r + w + 3];
  }

  const state = words[r | W.State];
  const protocol = words[r | W.Protocol] & 0xff;
  const e = o + closed.extensionOffset;
  const x = f * extensionWords;
  for (let w = 0; w < extensionWords; w += 2) {
    out[e + w] = extension[x + w];
    out[e + w + 1] = extension[x + w + 1];
  }
  if (state & State.Layers) cache.layers.read(f, out, o + closed.tunnelOffset);
  if (state & State.Mpls) cache.mpls.read(f, out, o + closed.mplsOffset);

  let presence = added | (words[r | W.Protocol] & 0x200 ? Present.Ipv6 : Present.Ipv4);
  if (words[r | W.ReversePackets] !== 0) presence |= Present.Reverse;
  if (protocol === Protocol.Tcp) presence |= Present.Tcp;
  if (isIcmp(protocol)) presence |= Present.Icmp;
  if (state & State.Ethernet) presence |= Present.Ethernet;
  if (state & State.Vlan) presence |= Present.Vlan;
  if (state & State.Mpls) presence |= Present.Mpls;
  if (state & State.Tunnel) {
    presence |= out[o + closed.tunnelOffset + TunnelWord.Version] === 6 ? Present.TunnelIpv6 : Present.TunnelIpv4;
  }
  out[o + ClosedW.Presence] = presence;
}
