import { randomBytes } from 'node:crypto';

import { type MessageEncoder, MessageKind, type MessageSink } from '../message-encoder.js';
import { OutputError } from '../output-error.js';
import { NO_COUNTS, notSentTotal, type Output, type OutputCounts } from '../output.js';
import type { ClosedFlows } from '../../flow/closed-flows.js';
import type { ExportStatistics } from '../options/statistics-record.js';
import { Backlog } from './backlog.js';
import { Delivery, type DeliveryRules, type Peer } from './delivery.js';
import { flowRecords, type Message, totals } from './message.js';
import { Spool } from './spool.js';
import type { SpoolFolder } from './spool-folder.js';
import type { Surroundings } from './surroundings.js';

/** A record waits no longer for its message to become full. */
const FLUSH_MS = 1_000;
/** Without progress for as long, a peer is not waited for. */
const STALL_MS = 1_000;
const LOOK_MS = 5;

export interface MessageOutputOptions {
  /** As the user named it. */
  readonly name: string;
  /** The first that is there gets everything. */
  readonly peers: readonly Peer[];
  readonly rules: Omit<DeliveryRules, 'sequence'>;
  /** Bound of what waits in memory, octets. */
  readonly queueOctets: number;
  /** null: what the queue has no room for is lost. */
  readonly spool: { readonly folder: SpoolFolder; readonly maxOctets: number } | null;
  /** When all Templates are sent again; null: only at the start of each session. */
  readonly refresh: { readonly ms: number; readonly messages: number } | null;
  /** Whoever hands over records can wait (a replay): `isFull` may be true. */
  readonly mayWait: boolean;
  /** At the end: how long no message may be taken before the rest is given up, ms. */
  readonly lingerMs: number;
  readonly surroundings: Surroundings;
  readonly tell: (message: string) => void;
}

/** An output over the network: messages, what waits, and a delivery. Whoever hands over records never waits for a peer. */
export class MessageOutput implements Output {
  readonly name: string;
  readonly #options: MessageOutputOptions;
  readonly #encoder: MessageEncoder;
  readonly #spool: Spool | null;
  readonly #backlog: Backlog;
  readonly #delivery: Delivery;
  /** The delivery's end, once it has begun: with the first record or tick. */
  #done: Promise<void> | null = null;
  readonly #generation: string;
  /** What a session of another run would begin with: all Templates so far, and the options in front of all flows. */
  #introduction: Message[] = [];
  #templateCount = 0;
  /** Other messages so far. */
  #messageCount = 0;
  /** Where messages go while all Templates are asked for. */
  #announced: Message[] | null = null;
  /** Messages that are to be sent once, and their octets. */
  #handedMessages = 0;
  #handedOctets = 0;
  /** Flow records in the messages that were handed over. */
  #handed = 0;
  #sinceRefresh = 0;
  #flushMs = -Infinity;
  #refreshMs: number | null = null;
  /** Octets sent when the peer stalled; null when it does not. */
  #stalledAt: number | null = null;
  /** Once it is over: records that wait for the next run, and that were given up. */
  #kept = 0;
  #lost = 0;
  #error: OutputError | null = null;

  /** @param encoderOf makes the encoder, which writes to the sink that it is given */
  constructor(encoderOf: (sink: MessageSink) => MessageEncoder, options: MessageOutputOptions) {
    const { name, peers, rules, surroundings, tell, spool } = options;
    this.name = name;
    this.#options = options;
    // Names sort by time, so that the spools of several runs keep their order.
    const start = Date.now().toString(16).padStart(12, '0');
    this.#generation = `${start}.${process.pid}.${randomBytes(4).toString('hex')}`;
    this.#spool =
      spool === null
        ? null
        : new Spool({
            ...spool,
            generation: this.#generation,
            introduction: () => this.#introduction,
            now: () => surroundings.now(),
            onError: (error) => this.#delivery.faults.note(error),
          });
    this.#backlog = new Backlog(options.queueOctets, this.#spool);
    this.#encoder = encoderOf((octets, from, to, records, kind) => {
      this.#take(Buffer.from(octets.subarray(from, to)), records, kind);
    });
    const source = {
      generation: this.#generation,
      templates: () => this.#templateCount,
      announce: (isSessionStart: boolean) => this.#announce(isSessionStart),
    };
    this.#delivery = new Delivery(
      peers,
      { ...rules, sequence: this.#encoder.sequence },
      this.#backlog,
      source,
      surroundings,
      tell,
    );
    this.#announce(true);
  }

  #begin(): Promise<void> {
    this.#done ??= this.#delivery.run();
    return this.#done;
  }

  get isUp(): boolean {
    return this.#error === null && this.#delivery.isUp;
  }

  get isUntried(): boolean {
    return this.#error === null && !this.#delivery.hasTried;
  }

  get error(): OutputError | null {
    return this.#error;
  }

  /** A connection that was lost and found again, with nothing lost, is none. */
  get fault(): OutputError | null {
    return this.#error ?? (notSentTotal(this.counts()) > this.#encoder.unsupported ? this.#delivery.faults.last : null);
  }

  /** Only when there is somebody who takes messages, more slowly than they come. */
  get isFull(): boolean {
    if (!this.#options.mayWait || !this.#backlog.isFull || !this.#delivery.isUp) return false;
    return this.#stalledAt !== this.#delivery.octets;
  }

  write(closed: ClosedFlows): void {
    void this.#begin();
    this.#encoder.write(closed);
  }

  async drain(): Promise<void> {
    const { surroundings } = this.#options;
    let octets = this.#delivery.octets;
    let sinceMs = surroundings.now();
    while (this.isFull) {
      await surroundings.pause(LOOK_MS, NEVER);
      if (this.#delivery.octets !== octets) {
        octets = this.#delivery.octets;
        sinceMs = surroundings.now();
      } else if (surroundings.now() - sinceMs > STALL_MS) {
        this.#stalledAt = octets;
      }
    }
  }

  tick(nowMs: number): void {
    void this.#begin();
    const { refresh } = this.#options;
    if (nowMs - this.#flushMs >= FLUSH_MS) {
      this.#flushMs = nowMs;
      this.#encoder.flush();
      this.#backlog.flush();
    }
    if (refresh !== null) {
      this.#refreshMs ??= nowMs;
      if (nowMs - this.#refreshMs >= refresh.ms) this.#refresh(nowMs);
    }
    this.#delivery.tick();
  }

  /** Templates go out as when they are due; formats without any have no announcement. */
  get announce(): (() => void) | undefined {
    return this.#introduction.length === 0 ? undefined : () => this.#refresh(this.#refreshMs);
  }

  #refresh(nowMs: number | null): void {
    this.#refreshMs = nowMs;
    this.#sinceRefresh = 0;
    this.#delivery.refresh();
  }

  statistics(statistics: ExportStatistics): void {
    this.#encoder.flush();
    const { announced } = this.#delivery;
    // Without a session yet the first one will begin with it.
    const first = announced.messages > 0 ? announced : totals(this.#introduction);
    this.#encoder.options(statistics, {
      messages: this.#handedMessages + first.messages,
      octets: this.#handedOctets + first.octets,
    });
  }

  async finish(statistics: ExportStatistics, giveUp = NEVER): Promise<void> {
    this.statistics(statistics);
    this.#delivery.close();
    await this.#waitForTheEnd(giveUp);
    const { kept, lost } = this.#backlog.close();
    this.#kept = kept;
    this.#lost = lost;
    const notSent = notSentTotal(this.counts()) - this.#encoder.unsupported;
    if (notSent > 0) {
      const cause = this.#delivery.faults.last;
      const why = cause === null ? '' : `; the last fault: ${cause.detail}`;
      this.#error = new OutputError(this.name, cause?.code ?? null, `${notSent} records were not sent${why}`);
    }
    if (kept > 0) this.#options.tell(`${this.name}: ${kept} records wait in the spool for the next run`);
  }

  /** Waits for as long as more and more records are taken, by one peer or the next. */
  async #waitForTheEnd(giveUp: AbortSignal): Promise<void> {
    const { surroundings, lingerMs } = this.#options;
    const done = this.#begin().then(() => true);
    let most = -1;
    while (!giveUp.aborted && (this.#delivery.exported > most || this.#delivery.leaveStalledPeer())) {
      most = this.#delivery.exported;
      const pause = new AbortController();
      const signal = AbortSignal.any([pause.signal, giveUp]);
      const isDone = await Promise.race([done, surroundings.pause(lingerMs, signal).then(() => false)]);
      pause.abort();
      if (isDone) return;
    }
    this.#delivery.abort();
    await this.#begin();
  }

  counts(): OutputCounts {
    const delivery = this.#delivery;
    const backlog = this.#backlog;
    const spool = this.#spool;
    const { records, unsupported } = this.#encoder;
    const recovered = spool?.recovered ?? 0;
    const inFlight = delivery.inFlight.reduce((sum, message) => sum + flowRecords(message), 0);
    return {
      ...NO_COUNTS,
      offered: records + unsupported + recovered,
      exported: delivery.exported,
      repeated: delivery.repeated,
      recovered,
      notSent: {
        queueFull: backlog.queueFull,
        spoolFull: (spool?.dropped ?? 0) + backlog.spoolFull,
        unsupported,
        failed: (spool?.failed ?? 0) + this.#lost,
      },
      queuedRecords: records - this.#handed + backlog.queued.records + inFlight,
      queuedOctets: backlog.queued.octets,
      spooledRecords: (spool?.records ?? 0) + this.#kept,
      spooledOctets: spool?.octets ?? 0,
      messages: delivery.messages,
      octets: delivery.octets,
      shortened: this.#encoder.shortened ?? 0,
      templateMessages: delivery.templateMessages,
      reconnects: delivery.reconnects,
      errors: delivery.faults.count,
    };
  }

  #nextOrdinal(kind: MessageKind): number {
    if (this.#announced !== null) return 0;
    if (kind === MessageKind.Templates) return ++this.#templateCount;
    return (this.#messageCount = (this.#messageCount + 1) >>> 0);
  }

  /** A message from the encoder. */
  #take(octets: Uint8Array, records: number, kind: MessageKind): void {
    const message: Message = {
      octets,
      kind,
      records,
      generation: this.#generation,
      ordinal: this.#nextOrdinal(kind),
      isRepeat: false,
      sentMs: 0,
    };
    if (this.#announced !== null) {
      this.#announced.push(message);
      return;
    }
    if (kind === MessageKind.Templates) this.#introduction.push(message);
    this.#handedMessages++;
    this.#handedOctets += octets.length;
    this.#handed += flowRecords(message);
    this.#backlog.add(message);
    this.#delivery.ring();
    const { refresh } = this.#options;
    if (refresh !== null && ++this.#sinceRefresh >= refresh.messages) this.#refresh(this.#refreshMs);
  }

  /** All Templates, in few messages, and what else a session begins with. Not to be called while the encoder writes. */
  #announce(isSessionStart: boolean): Message[] {
    const messages: Message[] = [];
    this.#encoder.flush();
    this.#announced = messages;
    try {
      this.#encoder.announce(isSessionStart);
    } finally {
      this.#announced = null;
    }
    const options = isSessionStart ? [] : this.#introduction.filter(({ kind }) => kind === MessageKind.Options);
    this.#introduction = [...messages, ...options];
    return messages;
  }
}

const NEVER = new AbortController().signal;
