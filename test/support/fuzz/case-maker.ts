import { PacketBatch } from '../../../src/capture/packet-batch.js';
import { Tcp } from '../../../src/decode/transport/ports.js';
import { LINKTYPE_ETHERNET } from '../decode.js';
import { Random } from '../random.js';
import type { Conversation } from './conversations.js';
import { damage, LONGEST_MESSAGE, POOL_OCTETS } from './damage.js';

/** Packets of a case at most. */
const MOST_FRAMES = 32;
/** Messages of a case at most. */
const MOST_MESSAGES = 16;
/** Room for the messages of a case, and for its packets. */
const WORK_OCTETS = 4 * 65_536;
const FRAMES_OCTETS = 4 * 65_536;

const IP = 14;
const TRANSPORT = IP + 20;
const TCP_PAYLOAD = TRANSPORT + 20;
const UDP_PAYLOAD = TRANSPORT + 8;
const TCP = 6;
const UDP = 17;
const SERVER = 0xc000_0201 | 0;

/**
 * Makes cases out of conversations: whole or in part, damaged, as packets cut, out of order, twice or missing. Case `n` of a
 * seed is always the same. Nothing is allocated for a case: seeds, messages and packets lie in one buffer.
 */
export class CaseMaker {
  readonly batch = new PacketBatch(MOST_FRAMES);
  /** Payload octets of a packet of the batch, as captured. */
  readonly payload = new Int32Array(MOST_FRAMES);
  private readonly octets: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;
  private readonly random = new Random(0);
  /** Messages of all conversations: where they lie, and whether the client sent them. */
  private readonly messageFrom: Int32Array;
  private readonly messageLength: Int32Array;
  private readonly messageIsClient: Uint8Array;
  /** First message of each conversation, and one more. */
  private readonly first: Int32Array;
  private readonly pool: number;
  private readonly work: number;
  private readonly frames: number;

  /** The packets that are planned. */
  private count = 0;
  private readonly from = new Int32Array(MOST_FRAMES);
  private readonly length = new Int32Array(MOST_FRAMES);
  private readonly isClient = new Uint8Array(MOST_FRAMES);
  private readonly sequence = new Int32Array(MOST_FRAMES);
  private readonly flags = new Uint8Array(MOST_FRAMES);
  /** Sequence number that comes next, the client's first. */
  private readonly next = new Int32Array(2);
  private isTcp = false;
  private client = 0;
  private clientPort = 0;
  private serverPort = 0;

  constructor(
    private readonly conversations: readonly Conversation[],
    private readonly seed: number,
  ) {
    const messages = conversations.flatMap((conversation) => conversation.messages);
    const total = messages.reduce((sum, { octets }) => sum + octets.length, 0);
    this.messageFrom = new Int32Array(messages.length);
    this.messageLength = Int32Array.from(messages, ({ octets }) => octets.length);
    this.messageIsClient = Uint8Array.from(messages, ({ isClient }) => (isClient ? 1 : 0));
    this.first = new Int32Array(conversations.length + 1);
    conversations.forEach((each, c) => (this.first[c + 1] = this.first[c] + each.messages.length));
    this.pool = total;
    this.work = this.pool + POOL_OCTETS;
    this.frames = this.work + WORK_OCTETS + LONGEST_MESSAGE;
    this.octets = new Uint8Array(this.frames + FRAMES_OCTETS + LONGEST_MESSAGE);
    this.view = new DataView(this.octets.buffer);
    let at = 0;
    messages.forEach(({ octets }, m) => {
      this.messageFrom[m] = at;
      this.octets.set(octets, at);
      at += octets.length;
    });
    this.random.reset(seed);
    for (let n = 0; n < POOL_OCTETS; n++) this.octets[this.pool + n] = this.random.below(256);
    this.batch.attach(this.octets);
  }

  /** Fills the batch with case `n`; another `round` is the same case between other addresses. */
  make(n: number, round = 0): void {
    const { random } = this;
    random.reset(Math.imul(n + 1, 0x9e37_79b1) ^ this.seed);
    const c = random.below(this.conversations.length);
    const { isTcp, clientPort, serverPort } = this.conversations[c];
    const hasPorts = random.below(2) === 0;
    this.isTcp = random.below(64) === 0 ? !isTcp : isTcp;
    this.clientPort = hasPorts ? clientPort : 1_024 + (n % 60_000);
    this.serverPort = random.below(8) > 0 ? serverPort : random.below(2) === 0 ? 9 : random.below(65_536);
    // Some cases in a row are between the same two ends: what a flow announces shall come true.
    this.client = ((hasPorts ? 100 : 10) << 24) + (((hasPorts ? n : n >>> 3) + (round << 20)) & 0xff_ffff);
    this.plan(c);
    if (this.isTcp) this.disturb();
    this.write(random.below(8) === 0 ? random.below(this.count) : -1);
  }

  /** Fills the batch with conversation `c` as it is, from the address that `clientOf` tells. */
  plain(c: number): void {
    const { isTcp, clientPort, serverPort } = this.conversations[c];
    this.isTcp = isTcp;
    this.clientPort = clientPort;
    this.serverPort = serverPort;
    this.client = (10 << 24) + c;
    this.begin(true);
    for (let m = this.first[c]; m < this.first[c + 1]; m++) {
      this.send(this.messageIsClient[m], this.messageFrom[m], this.messageLength[m], Tcp.Psh | Tcp.Ack);
    }
    this.write(-1);
  }

  /** The number of the conversation that `plain` put there, from the addresses of its flow; -1 for another. */
  static conversationOf(source: number, destination: number): number {
    if (source >>> 24 === 10) return source & 0xff_ffff;
    return destination >>> 24 === 10 ? destination & 0xff_ffff : -1;
  }

  private begin(withSyn: boolean): void {
    this.count = 0;
    this.next[0] = this.random.below(2 ** 32);
    this.next[1] = this.random.below(4) === 0 ? -20 : this.random.below(2 ** 32);
    if (!this.isTcp || !withSyn) return;
    this.send(1, this.work, 0, Tcp.Syn);
    this.send(0, this.work, 0, Tcp.Syn | Tcp.Ack);
  }

  /** Plans the packets of some messages of conversation `c`, damaged. */
  private plan(c: number): void {
    const { random, octets } = this;
    this.begin(random.below(2) === 0);
    const end = this.first[c + 1];
    let m = this.first[c];
    const there = end - m;
    if (there > 1 && random.below(8) === 0) m += random.below(there);
    const most = Math.min(end - m, MOST_MESSAGES);
    const wanted = random.below(16) === 0 ? most : 1 + random.below(Math.min(most, 4));
    const segment = SEGMENTS[random.below(SEGMENTS.length)];
    const isLarge = random.below(256) === 0;
    const isNoise = random.below(64) === 0;
    let at = this.work;
    for (let n = 0; n < wanted && at - this.work < WORK_OCTETS; n++, m++) {
      // Left out, or sent once more.
      const which = random.below(32);
      if (which === 0) continue;
      const source = which === 1 ? this.first[c] + random.below(there) : m;
      let length = Math.min(this.messageLength[source], LONGEST_MESSAGE);
      octets.copyWithin(at, this.messageFrom[source], this.messageFrom[source] + length);
      const other = random.below(this.messageFrom.length);
      length = damage(octets, at, length, random, this.pool, this.messageFrom[other], this.messageLength[other]);
      if (isNoise) {
        const kept = random.below(Math.min(length, 24) + 1);
        this.noise(at + kept, length - kept);
      }
      if (isLarge && n === 0) length = this.enlarge(at, length);
      this.cut(this.messageIsClient[source], at, length, segment);
      at += length;
    }
    if (this.isTcp && random.below(8) === 0) {
      this.send(1, at, 0, Tcp.Fin | Tcp.Ack);
      this.send(0, at, 0, Tcp.Fin | Tcp.Ack);
    }
  }

  /** Plans the segments of a message, or its one datagram. */
  private cut(isClient: number, from: number, length: number, segment: number): void {
    if (!this.isTcp) return this.send(isClient, from, length, 0);
    let at = from;
    const end = from + length;
    // Where segments are short a long piece goes ahead, so that the few that are sent come to the end of the message.
    if (segment < 16 && length > 40) {
      const ahead = this.random.below(length);
      this.send(isClient, from, ahead, Tcp.Ack);
      at += ahead;
    }
    for (; at < end && this.count < MOST_FRAMES - 4; at += segment) {
      this.send(isClient, at, Math.min(segment, end - at), Tcp.Psh | Tcp.Ack);
    }
  }

  private send(isClient: number, from: number, length: number, flags: number): void {
    const k = this.count;
    if (k === MOST_FRAMES) return;
    const side = 1 - isClient;
    this.from[k] = from;
    this.length[k] = length;
    this.isClient[k] = isClient;
    this.flags[k] = flags;
    this.sequence[k] = this.next[side];
    this.next[side] += length + (flags & (Tcp.Syn | Tcp.Fin) ? 1 : 0);
    this.count++;
  }

  private noise(at: number, length: number): void {
    const from = this.pool + this.random.below(POOL_OCTETS - Math.min(length, POOL_OCTETS - 1));
    this.octets.copyWithin(at, from, Math.min(from + length, this.work));
  }

  /** Repeats a message, or its beginning, up to the longest that a packet takes. */
  private enlarge(at: number, length: number): number {
    if (length === 0) return 0;
    const kept = 1 + this.random.below(length);
    for (let filled = kept; filled < LONGEST_MESSAGE; filled *= 2) {
      this.octets.copyWithin(at + filled, at, at + Math.min(filled, LONGEST_MESSAGE - filled));
    }
    return LONGEST_MESSAGE;
  }

  /** Swaps, repeats and leaves out segments. */
  private disturb(): void {
    const { random } = this;
    if (this.count < 3) return;
    if (random.below(4) === 0) {
      for (let n = 1 + random.below(3); n > 0; n--) {
        this.exchange(random.below(this.count), Math.min(this.count - 1, random.below(this.count)));
      }
    }
    if (random.below(4) === 0) {
      const k = random.below(this.count - 1);
      this.exchange(k, k + 1);
    }
    if (random.below(8) === 0 && this.count < MOST_FRAMES) {
      // The same segment again, with some octets before it or behind it.
      const k = random.below(this.count);
      const last = this.count++;
      this.assign(last, k);
      this.sequence[last] -= random.below(3);
      this.length[last] = Math.min(LONGEST_MESSAGE, this.length[last] + random.below(8));
    }
    if (random.below(8) === 0) this.assign(random.below(this.count), --this.count);
  }

  private exchange(a: number, b: number): void {
    const { from, length, isClient, sequence, flags } = this;
    for (const column of [from, length, isClient, sequence, flags]) {
      const kept = column[a];
      column[a] = column[b];
      column[b] = kept;
    }
  }

  private assign(to: number, from: number): void {
    for (const column of [this.from, this.length, this.isClient, this.sequence, this.flags]) column[to] = column[from];
  }

  /** Writes the packets into the batch; of `cutOne` not all was captured. */
  private write(cutOne: number): void {
    const { batch, octets, view, random, isTcp, from, isClient, client, clientPort, serverPort } = this;
    const header = isTcp ? TCP_PAYLOAD : UDP_PAYLOAD;
    let at = this.frames;
    let n = 0;
    for (let k = 0; k < this.count && at - this.frames < FRAMES_OCTETS; k++) {
      const length = this.length[k];
      view.setInt32(at + 12, 0x0800_4500);
      view.setUint16(at + IP + 2, header - IP + length);
      view.setInt32(at + IP + 4, 0);
      view.setInt32(at + IP + 8, ((64 << 24) | ((isTcp ? TCP : UDP) << 16)) >>> 0);
      view.setInt32(at + IP + 12, isClient[k] ? client : SERVER);
      view.setInt32(at + IP + 16, isClient[k] ? SERVER : client);
      view.setUint16(at + TRANSPORT, isClient[k] ? clientPort : serverPort);
      view.setUint16(at + TRANSPORT + 2, isClient[k] ? serverPort : clientPort);
      if (isTcp) {
        view.setInt32(at + TRANSPORT + 4, this.sequence[k]);
        view.setInt32(at + TRANSPORT + 8, this.next[isClient[k]]);
        view.setInt32(at + TRANSPORT + 12, (0x5000_ffff | (this.flags[k] << 16)) >>> 0);
        view.setInt32(at + TRANSPORT + 16, 0);
      } else {
        view.setUint16(at + TRANSPORT + 4, 8 + length);
        view.setUint16(at + TRANSPORT + 6, 0);
      }
      octets.copyWithin(at + header, from[k], from[k] + length);
      const captured = k === cutOne ? random.below(length + 1) : length;
      batch.offset[n] = at;
      batch.captured[n] = header + captured;
      batch.wire[n] = header + length;
      batch.link[n] = LINKTYPE_ETHERNET;
      this.payload[n] = captured;
      n++;
      at += header + length;
    }
    batch.count = n;
  }
}

/** Octets of a segment at most. */
const SEGMENTS = [...new Array<number>(14).fill(1_460), ...new Array<number>(14).fill(65_000), 536, 100, 7, 1];
