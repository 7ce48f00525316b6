import { Conversations, STEP_CLOSES, STEP_FALLS_SILENT } from './conversations.mjs';
import { ExpectedRecords, IDLE_TIMEOUT_MICROSECONDS } from './expected-records.mjs';
import { ETHERNET_OCTETS, SMALLEST_FRAME_OCTETS, TCP, writeFrame } from './frames.mjs';
import { buildPayloads } from './payloads.mjs';
import { Random } from './random.mjs';

const START_SECONDS = 1_750_000_000;

/**
 * Writes the packets of a trace and counts what is in it.
 * @param {import('./pcap-writer.mjs').PcapWriter} writer
 * @param {import('./cases.mjs').TrafficCase} traffic
 * @param {number} packets
 * @param {number} seed
 */
export function writeTrace(writer, traffic, packets, seed) {
  // A shortened trace has fewer conversations at once rather than nothing but first packets.
  const places = Math.min(traffic.conversations, Math.floor(packets / 10));
  const random = new Random(seed);
  const conversations = new Conversations(places, random, buildPayloads(random), traffic);
  const records = new RecordTally(conversations, places, traffic.seconds);
  const contents = new ContentTally();
  const { frame } = conversations;
  const meanGap = (traffic.seconds * 1e6) / packets;
  let exactTime = 0;
  let time = 0;
  for (let packet = 0; packet < packets; packet++) {
    time = Math.floor(exactTime);
    exactTime += meanGap * 2 * random.fraction();
    const place = pickPlace(random, places, traffic.skew);
    records.before(place, time);
    const step = conversations.step(place);
    records.after(step, place, time);
    frame.seconds = START_SECONDS + Math.floor(time / 1e6);
    frame.microseconds = time % 1e6;
    contents.add(frame, writeFrame(writer, frame, traffic.snapLength));
  }
  return {
    snapLengthOctets: traffic.snapLength,
    seconds: time / 1e6,
    ...contents.totals(),
    conversations: conversations.begun,
    expected: records.totals(time),
  };
}

function pickPlace(random, places, skew) {
  const u = random.fraction();
  if (skew === 1) return Math.floor(places * u);
  if (skew === 1.5) return Math.floor(places * u * Math.sqrt(u));
  return Math.floor(places * (skew === 2 ? u * u : u * u * u));
}

/** Tells `ExpectedRecords` when records begin and end. Times are microseconds since the start of the trace. */
class RecordTally {
  #expected;
  #conversations;
  #lastTime;
  /** Times of the last packets of conversations that ended without closing. */
  #silent = [];

  constructor(conversations, places, seconds) {
    this.#conversations = conversations;
    this.#lastTime = new Float64Array(places);
    this.#expected = new ExpectedRecords(seconds + 1);
  }

  before(place, time) {
    const last = this.#lastTime[place];
    this.#lastTime[place] = time;
    if (this.#conversations.isFree(place)) return this.#expected.begin(time);
    if (time - last <= IDLE_TIMEOUT_MICROSECONDS) return;
    this.#expected.leave(last, Infinity);
    this.#expected.begin(time);
    if (this.#conversations.isClosing(place)) this.#conversations.markLate(place);
  }

  after(step, place, time) {
    if (step === STEP_CLOSES && !this.#conversations.isLate(place)) this.#expected.closeByTcp(time);
    else if (step === STEP_CLOSES || step === STEP_FALLS_SILENT) this.#silent.push(time);
  }

  /** @param {number} newest time of the last packet; to be called once */
  totals(newest) {
    const expected = this.#expected;
    for (const last of this.#silent) expected.leave(last, newest);
    this.#lastTime.forEach((last, place) => {
      if (!this.#conversations.isFree(place)) expected.leave(last, newest);
    });
    const { records, endedByTcp, endedByIdle } = expected;
    const { peak, mean } = expected.live();
    const atEnd = records - endedByTcp - endedByIdle;
    return { records, endedByTcp, endedByIdle, atEnd, livePeak: peak, liveMean: mean };
  }
}

/** Sums over the packets. */
class ContentTally {
  #ipOctets = 0;
  #wireOctets = 0;
  #tcp = 0;
  #udp = 0;
  #ipv4 = 0;
  #ipv6 = 0;

  add(frame, ipOctets) {
    this.#ipOctets += ipOctets;
    this.#wireOctets += Math.max(SMALLEST_FRAME_OCTETS, ETHERNET_OCTETS + ipOctets);
    if (frame.protocol === TCP) this.#tcp++;
    else this.#udp++;
    if (frame.isIpv6) this.#ipv6++;
    else this.#ipv4++;
  }

  totals() {
    return {
      ipOctets: this.#ipOctets,
      wireOctets: this.#wireOctets,
      packetsBy: { tcp: this.#tcp, udp: this.#udp, ipv4: this.#ipv4, ipv6: this.#ipv6 },
    };
  }
}
