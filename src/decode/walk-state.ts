import { Fact, Size, TunnelWord } from './decoded-batch.js';

/**
 * Where the walk over one packet's headers stands. One object, reused for every packet; each header file moves `position`
 * over its header, notes what a flow record wants, and returns the layer that follows.
 *
 * All offsets are octets in `octets`. `end` is where the capture ends, `wireEnd` where the packet ended on the wire:
 * a packet that was cut by the snap length is truncated, not bad.
 */
export class WalkState {
  octets: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.octets.buffer);
  position = 0;
  end = 0;
  wireEnd = 0;
  /** The EtherType that led here, for the count of what is not IP. */
  etherType = 0;
  facts = 0;

  // link
  linkOffset = 0;
  tags = 0;
  /** Ids of the tags: innermost, next outer, and two more packed into one word. */
  vlan = 0;
  moreTags = 0;
  /** Of the tag next outside of the innermost one; of that itself when there is no other. */
  outerPriority = 0;
  innerPriority = 0;
  /** Padding follows the 802.11 header, up to a multiple of four octets. */
  paddedHeader = false;
  readonly mpls = new Int32Array(Size.MplsWords);

  // network
  version = 0;
  protocol = 0;
  ipEnd = 0;
  ipLength = 0;
  sourceOffset = 0;
  destinationOffset = 0;
  serviceClass = 0;
  hopLimit = 0;
  identification = 0;
  laterFragment = false;

  // tunnel
  /** Layers decapsulated so far, and how many may be. */
  layers = 0;
  layerLimit = Size.MaxTunnelLayers;
  readonly tunnel = new Int32Array(Size.TunnelWords);

  attach(octets: Uint8Array, view: DataView): void {
    if (octets === this.octets) return;
    this.octets = octets;
    this.view = view;
  }

  /** Begins a packet. */
  begin(position: number, end: number, wireEnd: number, layerLimit: number): void {
    this.position = position;
    this.end = end;
    this.wireEnd = wireEnd;
    this.etherType = 0;
    this.facts = 0;
    this.linkOffset = position;
    this.resetTags();
    this.paddedHeader = false;
    this.mpls[0] = 0;
    if (this.layers > 0) this.tunnel.fill(0);
    this.layers = 0;
    this.layerLimit = layerLimit;
    this.laterFragment = false;
  }

  /** Forgets the VLAN tags: those of a tunnel's carrier say nothing about the packet inside. */
  private resetTags(): void {
    this.facts &= ~(Fact.Vlan | Fact.MoreTags);
    this.tags = 0;
    this.vlan = 0;
    this.moreTags = 0;
    this.outerPriority = 0;
    this.innerPriority = 0;
  }

  /** Notes a tunnel that is decapsulated; the IP header before it is the carrier's. What lies inside ends with that IP packet. */
  enterTunnel(kind: number, id: number): void {
    const t = this.tunnel;
    t[TunnelWord.Kinds] |= kind << (8 * this.layers);
    t[TunnelWord.Ids + this.layers] = id;
    if (this.layers === 0) {
      t[TunnelWord.Version] = this.version;
      const words = this.version === 4 ? 1 : 4;
      for (let i = 0; i < words; i++) {
        t[TunnelWord.Source + i] = this.view.getInt32(this.sourceOffset + 4 * i);
        t[TunnelWord.Destination + i] = this.view.getInt32(this.destinationOffset + 4 * i);
      }
    }
    this.layers++;
    this.facts |= Fact.Tunnel;
    this.endAt(this.ipEnd);
    this.resetTags();
  }

  /** What is walked from here on ends at `offset`, for it says so itself. */
  endAt(offset: number): void {
    this.wireEnd = offset;
    if (this.end > offset) this.end = offset;
  }

  /** Octets captured from `position` on. */
  room(): number {
    return this.end - this.position;
  }

  u16(offset: number): number {
    return (this.octets[offset] << 8) | this.octets[offset + 1];
  }
}
