import { ACK, FIN, Frame, OPTIONS_NONE, OPTIONS_SYN, OPTIONS_TIMESTAMP, PSH, RST, SYN, TCP } from './frames.mjs';
import { PROFILES } from './profiles.mjs';

/** 32-bit words of one conversation's state. */
const WORDS = 8;
const STATE = 0; // profile, bits 0–7; facts, bits 8–15; ending, bits 16–19; what comes next, bits 24–31
const LEFT = 1; // data packets still to come
const NUMBER = 2; // spread number of the conversation: client host and port
const SERVER = 3; // server host, bits 0–15; choice of opening, bits 16–23; server packets left in this turn, bits 24–31
const CLIENT_SEQUENCE = 4;
const SERVER_SEQUENCE = 5;
const UNACKNOWLEDGED = 6; // server segments since the last pure acknowledgement
const SPOKEN = 7; // bit 0: the client's opening is sent; bit 1: the server's

const IPV6 = 1 << 8;
const TIMESTAMPS = 1 << 9;
/** The meter's record began after the first FIN, so it cannot see the conversation close. */
const LATE = 1 << 10;

const NEXT_NOTHING = 0;
const NEXT_SYN = 1;
const NEXT_SYN_ACK = 2;
const NEXT_HANDSHAKE_ACK = 3;
const NEXT_DATA = 4;
const NEXT_PROBE = 5;
/** The first of a conversation's closing packets; the following ones count up from here. */
const NEXT_CLOSING = 16;

/**
 * How TCP conversations end. Each step: sent by the client (1) or server (0), and the flags. In the last step of those
 * marked `closes` both FINs have been answered, or one side has reset.
 */
const ENDINGS = [
  { share: 46, closes: true, steps: [[1, FIN | ACK], [0, FIN | ACK], [1, ACK]] },
  { share: 36, closes: true, steps: [[0, FIN | ACK], [1, ACK], [1, FIN | ACK], [0, ACK]] },
  { share: 9, closes: true, steps: [[1, RST | ACK]] },
  { share: 5, closes: true, steps: [[0, RST]] },
  { share: 4, closes: false, steps: [] },
]; // prettier-ignore

/** What the packet just made did to its conversation. */
export const STEP_GOES_ON = 0;
export const STEP_CLOSES = 1;
export const STEP_FALLS_SILENT = 2;

/** With timestamps in frames of 1514 octets; those without the option do not use the room. */
const FULL_IPV4_SEGMENT = 1448;
const FULL_IPV6_SEGMENT = 1428;
const FULL_DATAGRAM = 1228;
const SMALLEST_DATAGRAM = 24;
const IPV6_PERCENT = 30;
const WITHOUT_TIMESTAMPS_PERCENT = 25;
const SERVER_HOSTS = 4096;
const RESOLVERS = 4;

/** The state of all conversations and the rules by which they go on; fills a `Frame` with the next packet of one. */
export class Conversations {
  frame = new Frame();
  /** Conversations begun so far. */
  begun = 0;
  #state;
  #random;
  #payloads;
  #traffic;
  #profileOfPercent;
  #endingOfPercent;

  /**
   * @param {number} count under way at the same time
   * @param {import('./random.mjs').Random} random
   * @param {Record<string, import('./payloads.mjs').Payloads>} payloads
   * @param {import('./cases.mjs').TrafficCase} traffic
   */
  constructor(count, random, payloads, traffic) {
    this.#state = new Int32Array(count * WORDS);
    this.#random = random;
    this.#payloads = PROFILES.map((profile) => payloads[profile.name]);
    this.#traffic = traffic;
    this.#profileOfPercent = PROFILES.flatMap((profile, index) =>
      Array(traffic.percentOfFlows[profile.name] ?? 0).fill(index),
    );
    this.#endingOfPercent = ENDINGS.flatMap((ending, index) => Array(ending.share).fill(index));
  }

  /** Is nothing under way at this place, so that the next packet begins a conversation? */
  isFree(place) {
    return this.#state[place * WORDS + STATE] >>> 24 === NEXT_NOTHING;
  }

  /** Has a FIN been sent in the conversation at this place? */
  isClosing(place) {
    return this.#state[place * WORDS + STATE] >>> 24 > NEXT_CLOSING;
  }

  /** Notes that a meter's idle timeout split this conversation after its first FIN. */
  markLate(place) {
    this.#state[place * WORDS + STATE] |= LATE;
  }

  isLate(place) {
    return (this.#state[place * WORDS + STATE] & LATE) !== 0;
  }

  /**
   * Fills `frame` (all but its time) with the next packet of the conversation at a place.
   * @param {number} place
   * @returns {number} one of STEP_…
   */
  step(place) {
    const state = this.#state;
    const base = place * WORDS;
    if (state[base + STATE] >>> 24 === NEXT_NOTHING) this.#begin(base);
    this.#address(base);
    const profile = PROFILES[state[base + STATE] & 0xff];
    return profile.protocol === TCP ? this.#stepTcp(base, profile) : this.#stepUdp(base, profile);
  }

  #begin(base) {
    const state = this.#state;
    const random = this.#random;
    const profileIndex = this.#profileOfPercent[random.below(100)];
    const profile = PROFILES[profileIndex];
    const isTcp = profile.protocol === TCP;
    const isProbe = profile.name === 'probe';
    let facts = random.below(100) < IPV6_PERCENT ? IPV6 : 0;
    if (random.below(100) >= WITHOUT_TIMESTAMPS_PERCENT) facts |= TIMESTAMPS;
    const ending = this.#endingOfPercent[random.below(100)];
    const next = isProbe ? NEXT_PROBE : isTcp ? NEXT_SYN : NEXT_DATA;
    state[base + STATE] = profileIndex | facts | (ending << 16) | (next << 24);
    state[base + LEFT] = isProbe ? 1 + random.below(3) : profile.packets || this.#drawLength(profile);
    // An odd factor permutes the 32-bit numbers: no two conversations share a client host and port.
    state[base + NUMBER] = Math.imul(this.begun, 0x9e3779b1);
    const popularity = random.fraction();
    const hosts = profile.name === 'dns' ? RESOLVERS : SERVER_HOSTS;
    state[base + SERVER] = Math.floor(hosts * popularity * popularity) | (random.below(8) << 16);
    state[base + CLIENT_SEQUENCE] = random.word();
    state[base + SERVER_SEQUENCE] = random.word();
    state[base + UNACKNOWLEDGED] = 0;
    state[base + SPOKEN] = 0;
    this.begun++;
  }

  #drawLength(profile) {
    const root = Math.sqrt(1 - this.#random.fraction());
    const length = (this.#traffic.shortestFlow * profile.lengthFactor) / (root * Math.sqrt(root));
    return Math.max(2, Math.floor(Math.min(length, this.#traffic.longestFlow)));
  }

  #address(base) {
    const { frame } = this;
    const state = this.#state;
    const profile = PROFILES[state[base + STATE] & 0xff];
    frame.isIpv6 = (state[base + STATE] & IPV6) !== 0;
    frame.protocol = profile.protocol;
    frame.clientHost = state[base + NUMBER] >>> 15;
    frame.clientPort = 0x8000 | (state[base + NUMBER] & 0x7fff);
    frame.serverHost = state[base + SERVER] & 0xffff;
    frame.serverPort = profile.port;
    frame.identification = this.#random.word() >>> 16;
    frame.payloadOctets = 0;
    frame.tcpFlags = 0;
  }

  #setNext(base, next) {
    this.#state[base + STATE] = (this.#state[base + STATE] & 0xffffff) | (next << 24);
  }

  #finish(base, result) {
    this.#setNext(base, NEXT_NOTHING);
    return result;
  }

  // ── TCP ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #stepTcp(base, profile) {
    const state = this.#state;
    switch (state[base + STATE] >>> 24) {
      case NEXT_SYN:
        this.#segment(base, true, SYN);
        this.#setNext(base, NEXT_SYN_ACK);
        return STEP_GOES_ON;
      case NEXT_SYN_ACK:
        this.#segment(base, false, SYN | ACK);
        this.#setNext(base, NEXT_HANDSHAKE_ACK);
        return STEP_GOES_ON;
      case NEXT_HANDSHAKE_ACK:
        this.#segment(base, true, ACK);
        this.#setNext(base, NEXT_DATA);
        return STEP_GOES_ON;
      case NEXT_DATA:
        return this.#stepTcpData(base, profile);
      case NEXT_PROBE:
        this.#segment(base, true, SYN);
        state[base + CLIENT_SEQUENCE]--; // a retransmission has the same sequence number
        return --state[base + LEFT] > 0 ? STEP_GOES_ON : this.#finish(base, STEP_FALLS_SILENT);
      default:
        return this.#stepTcpClosing(base);
    }
  }

  #stepTcpData(base, profile) {
    const state = this.#state;
    const serverTurn = state[base + SERVER] >>> 24;
    if (state[base + UNACKNOWLEDGED] >= 2) {
      this.#segment(base, true, ACK);
      state[base + UNACKNOWLEDGED] = 0;
    } else if (serverTurn > 0) {
      this.#payload(base, profile, false);
      this.#segment(base, false, serverTurn === 1 ? PSH | ACK : ACK);
      state[base + UNACKNOWLEDGED]++;
      state[base + SERVER] -= 1 << 24;
    } else {
      this.#payload(base, profile, true);
      this.#segment(base, true, PSH | ACK);
      state[base + UNACKNOWLEDGED] = 0;
      state[base + SERVER] |= (1 + this.#random.below(profile.burst)) << 24;
    }
    if (--state[base + LEFT] > 0) return STEP_GOES_ON;
    if (ENDINGS[(state[base + STATE] >>> 16) & 0xf].steps.length === 0) return this.#finish(base, STEP_FALLS_SILENT);
    this.#setNext(base, NEXT_CLOSING);
    return STEP_GOES_ON;
  }

  #stepTcpClosing(base) {
    const state = this.#state;
    const { steps } = ENDINGS[(state[base + STATE] >>> 16) & 0xf];
    const number = (state[base + STATE] >>> 24) - NEXT_CLOSING;
    this.#segment(base, steps[number][0] === 1, steps[number][1]);
    if (number + 1 === steps.length) return this.#finish(base, STEP_CLOSES);
    this.#setNext(base, NEXT_CLOSING + number + 1);
    return STEP_GOES_ON;
  }

  /** Sets the TCP fields of the frame and moves the sender's sequence number on. */
  #segment(base, fromClient, flags) {
    const { frame } = this;
    const state = this.#state;
    const own = fromClient ? CLIENT_SEQUENCE : SERVER_SEQUENCE;
    const peer = fromClient ? SERVER_SEQUENCE : CLIENT_SEQUENCE;
    frame.fromClient = fromClient;
    frame.tcpFlags = flags;
    frame.sequence = state[base + own];
    frame.acknowledgement = flags & ACK ? state[base + peer] : 0;
    const withTimestamps = (state[base + STATE] & TIMESTAMPS) !== 0 && !(flags & RST);
    frame.tcpOptions = flags & SYN ? OPTIONS_SYN : withTimestamps ? OPTIONS_TIMESTAMP : OPTIONS_NONE;
    state[base + own] += frame.payloadOctets + (flags & (SYN | FIN) ? 1 : 0);
  }

  // ── UDP ────────────────────────────────────────────────────────────────────────────────────────────────────────────

  #stepUdp(base, profile) {
    const { frame } = this;
    const state = this.#state;
    const serverTurn = state[base + SERVER] >>> 24;
    frame.fromClient = serverTurn === 0;
    this.#payload(base, profile, frame.fromClient);
    if (frame.fromClient) state[base + SERVER] |= (1 + this.#random.below(profile.burst)) << 24;
    else state[base + SERVER] -= 1 << 24;
    return --state[base + LEFT] > 0 ? STEP_GOES_ON : this.#finish(base, STEP_FALLS_SILENT);
  }

  // ── both ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Chooses what the next packet of one side carries: its opening first, filler of a drawn size later. */
  #payload(base, profile, fromClient) {
    const { frame } = this;
    const state = this.#state;
    const payloads = this.#payloads[state[base + STATE] & 0xff];
    const side = fromClient ? 1 : 2;
    const fullSegment = frame.isIpv6 ? FULL_IPV6_SEGMENT : FULL_IPV4_SEGMENT;
    if ((state[base + SPOKEN] & side) === 0) {
      state[base + SPOKEN] |= side;
      frame.payload = (fromClient ? payloads.client : payloads.server)[(state[base + SERVER] >>> 16) & 7];
      frame.payloadOffset = 0;
      frame.payloadOctets = Math.min(frame.payload.length, fullSegment);
      return;
    }
    const random = this.#random;
    const largest = fromClient ? profile.clientOctets : profile.serverOctets;
    const isFull = !fromClient && random.fraction() < profile.fullShare * this.#traffic.fullShareFactor;
    frame.payload = payloads.filler;
    frame.payloadOffset = random.below(1024) * 64;
    if (isFull) frame.payloadOctets = profile.protocol === TCP ? fullSegment : FULL_DATAGRAM;
    else {
      const share = random.fraction();
      const smallest = profile.protocol === TCP ? 1 : SMALLEST_DATAGRAM;
      frame.payloadOctets = smallest + Math.floor(share * share * (largest - smallest));
    }
  }
}
