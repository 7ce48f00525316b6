import type { PacketBatch } from '../capture/packet-batch.js';
import { type DecodedBatch, Fact, LengthTtl, Size, TunnelWord } from './decoded-batch.js';
import type { DecodeCounters } from './decode-counters.js';
import type { DecodeSettings } from './decode-settings.js';
import { mix, workerOf } from './flow-key.js';
import { foldAddresses, writeHash } from './key-columns.js';
import { Ignored } from './ignored.js';
import { Layer } from './layers.js';
import { nullLoopback } from './link/cooked.js';
import { ethernet, etherType } from './link/ethernet.js';
import { firstLayer } from './link/first-layer.js';
import { ieee80211, radiotap } from './link/ieee80211.js';
import { llc } from './link/llc.js';
import { mpls } from './link/mpls.js';
import { cHdlc, ppp, pppOrCHdlc, pppoeSession } from './link/ppp.js';
import { serviceHeader } from './link/service-header.js';
import { vlan } from './link/vlan.js';
import { ipv4 } from './network/ipv4.js';
import { ipv6 } from './network/ipv6.js';
import { decapsulate } from './tunnel/decapsulate.js';
import { DNS_PORT, hasPorts, isIcmp, leastHeaderOctets, Protocol, Tcp } from './transport/ports.js';
import { WalkState } from './walk-state.js';

/** Headers in one packet, of all kinds, before it is given up as hostile. */
const MAX_HEADERS = 64;

/** The walk over the headers of one packet, whatever they are. */
export class PacketWalk {
  private readonly state = new WalkState();

  constructor(
    private readonly settings: DecodeSettings,
    private readonly counters: DecodeCounters,
  ) {}

  /**
   * Gives packet `i` a row of `decoded`, or counts why it is not metered. A packet whose tunnel cannot be decoded is walked
   * again without looking into that tunnel, so it is metered as the tunnel's packet.
   */
  packet(batch: PacketBatch, i: number, decoded: DecodedBatch): void {
    const w = this.state;
    const start = batch.offset[i];
    const captured = batch.captured[i];
    // The length on the wire that a file claims is bounded, so that all sums stay small integers.
    const wire = Math.min(Math.max(batch.wire[i], captured), LengthTtl.LengthMask);
    w.attach(batch.octets, batch.view);
    w.begin(start, start + captured, start + wire, Size.MaxTunnelLayers);
    let outcome = this.walk(batch.link[i]);
    if (outcome !== Layer.Done && w.layers > 0) {
      this.counters.undecodedTunnels++;
      w.begin(start, start + captured, start + wire, w.layers - 1);
      outcome = this.walk(batch.link[i]);
    }
    if (outcome === Layer.Done) {
      const t = batch.timeUs[i];
      if (t >= decoded.tickUs) decoded.noteTick(t, i);
      if (t > decoded.latestUs) decoded.latestUs = t;
      this.writeRow(batch, i, decoded);
      return;
    }
    const reason = -outcome;
    this.counters.ignored[reason]++;
    if (reason === Ignored.NotIp) this.counters.notIpByEtherType[w.etherType]++;
  }

  /** Offset of the first IP header of packet `i`, or -1 when there is none: what a packet's outermost addresses are in. */
  ipOffset(batch: PacketBatch, i: number): number {
    const w = this.state;
    const start = batch.offset[i];
    w.attach(batch.octets, batch.view);
    w.begin(start, start + batch.captured[i], start + Math.max(batch.wire[i], batch.captured[i]), 0);
    let layer = firstLayer(w, batch.link[i]);
    for (let headers = 0; layer > Layer.Done && headers < MAX_HEADERS; headers++) {
      if (layer === Layer.Ipv4 || layer === Layer.Ipv6 || layer === Layer.Ip) return w.position;
      layer = this.step(w, layer);
    }
    return -1;
  }

  /** @returns Layer.Done when an IP header was read, else minus the reason why not */
  private walk(linkType: number): number {
    const w = this.state;
    let layer = firstLayer(w, linkType);
    for (let headers = 0; layer > Layer.Done; headers++) {
      if (headers === MAX_HEADERS) return -Ignored.TooManyHeaders;
      layer = this.step(w, layer);
    }
    return layer;
  }

  private step(w: WalkState, layer: number): number {
    switch (layer) {
      case Layer.Ethernet:
        return ethernet(w);
      case Layer.Ethertype:
        return etherType(w);
      case Layer.Vlan:
        return vlan(w);
      case Layer.Ipv4:
        return ipv4(w);
      case Layer.Ipv6:
        return ipv6(w);
      case Layer.Ip:
        return w.room() > 0 && w.octets[w.position] >>> 4 === 6 ? Layer.Ipv6 : Layer.Ipv4;
      case Layer.Transport:
        return decapsulate(w, this.settings);
      case Layer.Mpls:
        return mpls(w);
      case Layer.Ppp:
        return ppp(w);
      case Layer.PppoeSession:
        return pppoeSession(w);
      case Layer.Llc:
        return llc(w);
      case Layer.Null:
        return nullLoopback(w);
      case Layer.CHdlc:
        return cHdlc(w);
      case Layer.PppOrCHdlc:
        return pppOrCHdlc(w);
      case Layer.Ieee80211:
        return ieee80211(w);
      case Layer.Radiotap:
        return radiotap(w);
      case Layer.ServiceHeader:
        return serviceHeader(w);
      default:
        return -Ignored.UnsupportedLinkType;
    }
  }

  private writeRow(batch: PacketBatch, i: number, decoded: DecodedBatch): void {
    const w = this.state;
    const n = decoded.count;
    const transport = w.position;
    const room = Math.min(w.end, w.ipEnd) - transport;
    // A record that may mix VLANs names none.
    let facts = this.settings.vlanInKey ? w.facts : w.facts & ~Fact.Vlan;
    let ports = 0;
    let headerOctets = leastHeaderOctets(w.protocol);

    if (w.laterFragment) headerOctets = 0;
    else if (hasPorts(w.protocol)) {
      if (room >= 4) {
        ports = w.view.getInt32(transport);
        facts |= Fact.PortsPresent;
      }
      if (w.protocol === Protocol.Tcp) {
        if (room >= Tcp.Sequence + 4) facts |= Fact.TcpSequencePresent;
        if (room >= Tcp.OffsetFlags + 2) {
          const offsetFlags = w.u16(transport + Tcp.OffsetFlags);
          facts |= (offsetFlags & Fact.TcpFlagsMask) | Fact.TcpFlagsPresent;
          headerOctets = (offsetFlags >>> 12) << 2;
        }
      }
    } else if (isIcmp(w.protocol) && room >= 2) {
      ports = w.u16(transport);
      facts |= Fact.PortsPresent;
    }
    if (isIcmp(w.protocol)) facts |= Fact.Icmp;

    const payload = w.ipEnd - transport - headerOctets;
    decoded.row[n] = i;
    decoded.timeUs[n] = batch.timeUs[i];
    decoded.timeNs[n] = batch.timeNs[i];
    decoded.nanoseconds |= batch.timeNs[i];
    decoded.lengthTtl[n] = Math.min(w.ipLength, LengthTtl.LengthMask) | (w.hopLimit << LengthTtl.TtlShift);
    decoded.service[n] = w.serviceClass | (w.outerPriority << 16) | (w.innerPriority << 20);
    decoded.linkOffset[n] = w.linkOffset;
    decoded.transportOffset[n] = transport;
    decoded.end[n] = w.end;
    decoded.payloadLength[n] = payload > 0 ? payload : 0;
    decoded.facts[n] = facts;
    this.writeKey(batch.interface[i], decoded, n, ports);
    if (this.settings.answers && ports >>> 16 === DNS_PORT && w.protocol === Protocol.Udp && payload > 0) {
      decoded.noteAnswer(transport + headerOctets, Math.min(w.end, w.ipEnd), batch.timeUs[i]);
    }
    if (!this.isMine(decoded, n)) return;
    if (facts & (Fact.FragmentFirst | Fact.FragmentLater)) {
      decoded.identification[n] = w.identification;
      decoded.fragments++;
    }
    if (facts & Fact.Mpls) for (let j = 0; j < Size.MplsWords; j++) decoded.mpls[n * Size.MplsWords + j] = w.mpls[j];
    decoded.count++;
  }

  private isMine(decoded: DecodedBatch, n: number): boolean {
    const { seed, workers, worker } = this.settings;
    if (workers === 1) return true;
    const k = n << Size.KeyShift;
    return workerOf(seed, foldAddresses(decoded.key, k), workers) === worker;
  }

  private writeKey(ingress: number, decoded: DecodedBatch, n: number, ports: number): void {
    const w = this.state;
    const { key } = decoded;
    const { vlanInKey, interfaceInKey, seed } = this.settings;
    const k = n << Size.KeyShift;
    const { view, sourceOffset: source, destinationOffset: destination } = w;
    key[k] = view.getInt32(source);
    key[k | 4] = view.getInt32(destination);
    if (w.version === 6) {
      key[k | 1] = view.getInt32(source + 4);
      key[k | 2] = view.getInt32(source + 8);
      key[k | 3] = view.getInt32(source + 12);
      key[k | 5] = view.getInt32(destination + 4);
      key[k | 6] = view.getInt32(destination + 8);
      key[k | 7] = view.getInt32(destination + 12);
    }
    key[k | 8] = ports;
    key[k | 9] = w.protocol | (w.version << 8) | (interfaceInKey ? ingress << 16 : 0);
    key[k | 10] = vlanInKey ? w.vlan : 0;
    key[k | 11] = this.scope(decoded, n);
    writeHash(decoded, n, seed);
  }

  /** Writes the tunnel column and returns its hash: 0 for a packet without tunnel and without a third VLAN tag in the key. */
  private scope(decoded: DecodedBatch, n: number): number {
    const w = this.state;
    if (!(w.facts & (Fact.Tunnel | Fact.MoreTags))) return 0;
    const { seed, vlanInKey } = this.settings;
    const tags = vlanInKey && w.facts & Fact.MoreTags ? w.moreTags : 0;
    w.tunnel[TunnelWord.MoreTags] = tags;
    for (let j = 0; j < Size.TunnelWords; j++) decoded.tunnel[n * Size.TunnelWords + j] = w.tunnel[j];
    if (!(w.facts & Fact.Tunnel) && tags === 0) return 0;
    let h = Math.imul(w.tunnel[TunnelWord.Kinds], seed[0]) ^ Math.imul(tags, seed[1]);
    for (let j = 0; j < w.layers; j++) h = mix(h ^ Math.imul(w.tunnel[TunnelWord.Ids + j], seed[2 + j]));
    return h | 1;
  }
}
