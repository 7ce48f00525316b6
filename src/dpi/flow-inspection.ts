import { DpiBound } from './dpi-settings.js';
import { Slot } from './flow-state.js';
import { MetadataWriter } from './metadata.js';
import type { PayloadStore } from './payload-store.js';
import { type FlowView, Transport } from './protocol.js';

const NOTHING = new Uint8Array(0);

/** What an extractor asked for, to be done when it has answered. */
export const enum Request {
  None = 0,
  Refine = 1,
  Replace = 2,
  HandOver = 3,
  Anew = 4,
  HandOverAndReplace = 5,
}

/** Words of a flow that an extractor announces. */
export const enum Announcement {
  Transport = 0,
  Port = 1,
  Place = 2,
  Words = 3,
}

/** Flows that one call may announce. */
const MOST_ANNOUNCED = 8;

/** The `FlowView` of the flow that is inspected now: one object, filled anew for every call. */
export class FlowInspection implements FlowView {
  transport: Transport = Transport.Tcp;
  direction: 0 | 1 = 0;
  isStart = false;
  isLast = false;
  afterGap = false;
  packets = 0;
  otherPackets = 0;
  sourcePort = 0;
  destinationPort = 0;
  wireOctets = 0;
  timeUs = 0;
  otherOctets: Uint8Array = NOTHING;
  otherFrom = 0;
  otherTo = 0;
  memory = 0;
  wantsMetadata = false;
  readonly words: Int32Array;
  readonly out: MetadataWriter;
  readonly scratchOctets: Uint8Array;

  /** Asked for by the extractor. */
  request: Request = Request.None;
  place = 0;
  /** Flows that it announced: how many, and of each transport, port and place. */
  announced = 0;
  readonly announcements = new Int32Array(MOST_ANNOUNCED * Announcement.Words);
  /** First word of the flow's slot. */
  slot = 0;

  constructor(private readonly store: PayloadStore) {
    this.words = store.words;
    this.scratchOctets = store.octets;
    this.out = new MetadataWriter(store);
  }

  get scratchAt(): number {
    return this.words[this.slot + Slot.Scratch] - 1;
  }

  get scratchSize(): number {
    return this.words[this.slot + Slot.ScratchSize];
  }

  scratch(octets: number): boolean {
    const { words, slot, store } = this;
    const size = words[slot + Slot.ScratchSize];
    if (octets <= size) return true;
    if (octets > DpiBound.Scratch) return false;
    let wanted = 1_024;
    while (wanted < octets) wanted *= 2;
    const at = store.take(wanted);
    if (at < 0) return false;
    store.octets.fill(0, at, at + wanted);
    if (size > 0) {
      const old = words[slot + Slot.Scratch] - 1;
      store.octets.copyWithin(at, old, old + size);
      store.give(old, size);
    }
    words[slot + Slot.Scratch] = at + 1;
    words[slot + Slot.ScratchSize] = wanted;
    return true;
  }

  refine(place: number, replaces: boolean): void {
    this.request = replaces ? Request.Replace : Request.Refine;
    this.place = place;
  }

  handOver(place: number, replaces = false): void {
    this.request = replaces ? Request.HandOverAndReplace : Request.HandOver;
    this.place = place;
  }

  inspectAnew(): void {
    this.request = Request.Anew;
  }

  expect(transport: Transport, port: number, place: number): void {
    if (this.announced === MOST_ANNOUNCED) return;
    const at = this.announced++ * Announcement.Words;
    this.announcements[at + Announcement.Transport] = transport;
    this.announcements[at + Announcement.Port] = port;
    this.announcements[at + Announcement.Place] = place;
  }

  /** Leaves the view without octets of the other direction. */
  showNoOther(): void {
    this.otherFrom = 0;
    this.otherTo = 0;
  }
}
