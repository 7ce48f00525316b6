import { PacketBatch } from '../../../src/capture/packet-batch.js';
import { DpiWord, Path } from '../../../src/dpi/flow-state.js';
import { itemEnd, itemNumber, itemType } from '../../../src/dpi/metadata-items.js';
import { Item } from '../../../src/dpi/metadata.js';
import { ElementType } from '../../../src/dpi/protocol.js';
import { type Registered, REGISTRY } from '../../../src/dpi/registry.js';
import { flowFields } from '../../../src/export/fields/flow-fields.js';
import { INSPECTION } from '../../../src/export/inspection.js';
import { IpfixFile } from '../../../src/export/ipfix/ipfix-file.js';
import { RecordText } from '../../../src/export/text/record-text.js';
import { JSON_LINES } from '../../../src/export/text/text-style.js';
import { type ClosedFlows, MetadataWord } from '../../../src/flow/closed-flows.js';
import { extensionWordsOf } from '../../../src/flow/flow-meter.js';
import { METERS } from '../../../src/flow/meters/index.js';
import { Record } from '../../../src/flow/flow-record.js';
import * as PARTS from '../../../src/sensor/inspection-parts.js';
import { Metering } from '../../../src/sensor/metering.js';
import { settingsOf } from '../decode.js';
import { EVERYTHING } from '../inspect.js';
import { rulesOf } from '../label-rules.js';
import type { CaseMaker } from './case-maker.js';

/** What inspection made of some cases. */
export interface Outcome {
  readonly cases: number;
  readonly packets: number;
  readonly records: number;
  /** Records with the protocol in their path, and with metadata of it. */
  readonly recognised: number;
  readonly extracted: number;
  /** Processor time of the whole, with the making of cases, µs. */
  readonly cpuUs: number;
  /** The packet that took longest, the best of several times: µs, octets of payload, and its case. */
  readonly worstUs: number;
  readonly worstOctets: number;
  readonly worstCase: number;
  /** What inspection still holds at the end beside the slot that flows begin in, and what it held at most at once, octets. */
  readonly heldOctets: number;
  readonly peakOctets: number;
}

const MS = 1_000;
const IDLE_US = 2_000 * MS;
const BETWEEN_CASES_US = 50 * MS;
const MOST_FLOWS = 200;
/** Every eighth case runs where there is little memory, with rules, and with evidence written down. */
const TIGHT_EVERY = 8;
/** Every so many blocks of records are written as JSON and IPFIX. */
const EXPORT_EVERY = 16;
/** How many of the slowest cases are timed packet by packet, and how often. */
const SLOWEST = 8;
const REPEATS = 5;
const PACKET_REPEATS = 10;
/** First word of inspection in a closed record. */
const DPI = Record.Words + extensionWordsOf(METERS);

const RULES = rulesOf(`
  - { name: site, hosts: [test, com, org, net, de, arpa] }
  - { name: both, hosts: [example.test], prefix: GET }
  - { name: text, expression: '(?i)([a-z]+ ?)*$', direction: server }
  - { name: place, prefix: { at: 3, hex: 00 } }
  - { name: net, networks: [10.0.0.0/9, '2001:db8::/32'], ports: 1-1000 }
  - { name: port, ports: 1-65535 }
`);

/** Takes the packets of cases through decoding, metering, inspection and export, as the program does, and looks at what comes out. */
export class InspectedCases {
  private readonly target: number;
  private readonly elementsFrom: number;
  private readonly elementsTo: number;
  private readonly roomy: Metering;
  private readonly tight: Metering;
  private readonly one = new PacketBatch(1);
  private readonly exporters: ((closed: ClosedFlows) => void)[];
  private nowUs = 1e15;
  private blocks = 0;
  private cases = 0;
  private cpuUs = 0;
  private packets = 0;
  private records = 0;
  private recognised = 0;
  private extracted = 0;
  /** The slowest cases, the slowest one first, and their times, µs. */
  private readonly slowest: { n: number; us: number }[] = [];

  constructor(
    private readonly maker: CaseMaker,
    { number, elementBase, protocol }: Registered,
  ) {
    this.target = number + 1;
    this.elementsFrom = elementBase;
    this.elementsTo = elementBase + (protocol.elements?.length ?? 0);
    const shared = { idleTimeoutUs: IDLE_US, activeTimeoutUs: 1_800e6, maxFlows: MOST_FLOWS };
    const take = (closed: ClosedFlows): void => this.take(closed);
    const dpi = { ...EVERYTHING, memoryOctets: 8 * 1024 * 1024 };
    this.roomy = new Metering({ ...shared, decode: settingsOf({ decap: [] }), dpi }, take, PARTS);
    const tight = { ...EVERYTHING, memoryOctets: 256 * 1024, labelByPort: true, secrets: true, explain: true };
    this.tight = new Metering(
      { ...shared, decode: settingsOf({ decap: [], answers: true }), dpi: { ...tight, rules: RULES } },
      take,
      PARTS,
    );
    this.one.attach(maker.batch.octets);
    const json = new RecordText(flowFields({ inspected: INSPECTED }), false, JSON_LINES, () => undefined);
    const ipfix = ['full', 'cert'].map((profile) => {
      const table = flowFields({ format: 'ipfix', profile, inspected: INSPECTED, uniflow: false });
      const exporter = { exportingProcessId: 1, exporterIPv4Address: '192.0.2.1' };
      return new IpfixFile(table, { exporter, clock: () => 1e12 }, () => undefined);
    });
    this.exporters = [json, ...ipfix].map((encoder) => (closed) => encoder.write(closed));
  }

  /** Runs cases from `first` on until `isEnough`, asked with the number of cases so far, says so. A throw tells its case. */
  run(first: number, isEnough: (cases: number) => boolean): void {
    const { maker } = this;
    const begin = process.cpuUsage().user;
    for (let cases = 0; !isEnough(cases); cases++) {
      const n = first + cases;
      try {
        maker.make(n);
        const us = this.time(n);
        if (this.slowest.length < SLOWEST || us > this.slowest[SLOWEST - 1].us) this.noteSlow(n, us);
      } catch (error) {
        throw new Error(`case ${n}`, { cause: error });
      }
      this.cases++;
    }
    this.cpuUs += process.cpuUsage().user - begin;
  }

  /** Times the slowest packets, ends all flows, and tells what became of the cases. */
  finish(): Outcome {
    const { cases, cpuUs } = this;
    const worst = this.worstPacket();
    let heldOctets = 0;
    let peakOctets = 0;
    for (const metering of [this.roomy, this.tight]) {
      void metering.finish();
      const [{ dpi }] = metering.counts();
      heldOctets += (dpi?.usedOctets ?? 0) - REGISTRY.slotOctets;
      peakOctets = Math.max(peakOctets, dpi?.peakOctets ?? 0);
    }
    const { packets, records, recognised, extracted } = this;
    return { cases, packets, records, recognised, extracted, cpuUs, ...worst, heldOctets, peakOctets };
  }

  /** Meters the batch of case `n`; the time that it took, µs. */
  private time(n: number): number {
    const { batch } = this.maker;
    this.stamp(batch);
    const metering = this.meteringOf(n);
    const start = performance.now();
    metering.process(batch);
    return 1_000 * (performance.now() - start);
  }

  private meteringOf(n: number): Metering {
    return n % TIGHT_EVERY === TIGHT_EVERY - 1 ? this.tight : this.roomy;
  }

  private stamp(batch: PacketBatch): void {
    this.packets += batch.count;
    for (let k = 0; k < batch.count; k++) batch.timeUs[k] = this.nowUs += MS;
    batch.latestUs = this.nowUs;
    this.nowUs += BETWEEN_CASES_US;
  }

  /** A case that took long takes that long again, or it was the machine. */
  private noteSlow(n: number, us: number): void {
    const { maker, slowest } = this;
    let best = us;
    for (let round = 1; round < REPEATS; round++) {
      maker.make(n, round);
      best = Math.min(best, this.time(n));
      if (slowest.length === SLOWEST && best <= slowest[SLOWEST - 1].us) return;
    }
    slowest.push({ n, us: best });
    slowest.sort((a, b) => b.us - a.us);
    if (slowest.length > SLOWEST) slowest.length = SLOWEST;
  }

  /** The slowest packet of the slowest cases: each case packet by packet, several times. */
  private worstPacket(): Pick<Outcome, 'worstUs' | 'worstOctets' | 'worstCase'> {
    const { maker, one } = this;
    const { batch } = maker;
    const worst = { worstUs: 0, worstOctets: 0, worstCase: -1 };
    for (const { n } of this.slowest) {
      const best = new Float64Array(batch.capacity).fill(Infinity);
      for (let round = REPEATS; round < REPEATS + PACKET_REPEATS; round++) {
        maker.make(n, round);
        for (let k = 0; k < batch.count; k++) {
          one.offset[0] = batch.offset[k];
          one.captured[0] = batch.captured[k];
          one.wire[0] = batch.wire[k];
          one.link[0] = batch.link[k];
          one.count = 1;
          this.stamp(one);
          this.nowUs -= BETWEEN_CASES_US;
          const start = performance.now();
          this.meteringOf(n).process(one);
          best[k] = Math.min(best[k], 1_000 * (performance.now() - start));
        }
        this.nowUs += BETWEEN_CASES_US;
      }
      for (let k = 0; k < batch.count; k++) {
        if (best[k] <= worst.worstUs) continue;
        worst.worstUs = best[k];
        worst.worstOctets = maker.payload[k];
        worst.worstCase = n;
      }
    }
    return worst;
  }

  private take(closed: ClosedFlows): void {
    const { words, stride, metadata, metadataOffset, count } = closed;
    this.records += count;
    for (let row = 0; row < count; row++) {
      const at = row * stride;
      const path = words[at + DPI + DpiWord.Path];
      for (let n = 0; n < Path.Longest; n++) {
        if (((path >>> (Path.Bits * n)) & Path.Mask) === this.target) {
          this.recognised++;
          break;
        }
      }
      const from = words[at + metadataOffset + MetadataWord.Offset];
      const length = words[at + metadataOffset + MetadataWord.Length];
      if (length > 0 && this.walk(metadata, from, from + length)) this.extracted++;
    }
    if (this.blocks++ % EXPORT_EVERY === 0) for (const take of this.exporters) take(closed);
  }

  /** Walks items as whoever reads them does; true when one is of the protocol that is looked at. */
  private walk(metadata: Uint8Array, from: number, to: number): boolean {
    let isTarget = false;
    for (let item = from; item < to;) {
      const end = itemEnd(metadata, item);
      const number = itemNumber(metadata, item);
      if (end > to || number >= REGISTRY.elements.length) throw new RangeError(`item ${number} does not fit`);
      if (itemType(metadata, item) === ElementType.Group) this.walk(metadata, item + Item.HeaderOctets, end);
      if (number >= this.elementsFrom && number < this.elementsTo) isTarget = true;
      item = end;
    }
    return isTarget;
  }
}

const INSPECTED = { labels: true, payload: null, by: INSPECTION };
