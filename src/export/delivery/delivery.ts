import { setImmediate } from 'node:timers/promises';

import { MessageKind, type MessageTotals, type SequenceRule } from '../message-encoder.js';
import { OutputError, RefusalError } from '../output-error.js';
import type { Transport } from '../transport/transport.js';
import type { Backlog } from './backlog.js';
import { FaultLog } from './fault-log.js';
import { flowRecords, type Message, totals } from './message.js';
import { Rate } from './rate.js';
import { ResendWindow, type WindowBounds } from './resend-window.js';
import { SequenceNumbers } from './sequence-numbers.js';
import { Session } from './session.js';
import { backOffMs, Bell, type Surroundings } from './surroundings.js';

/** A session that ends sooner is a failure of its peer, which is left alone for longer each time. */
const SOUND_SESSION_MS = 5_000;
/** At the end there is no time for long pauses. */
const LAST_PAUSE_MS = 500;
/** With another peer to go to: how long a peer may take nothing, and is left alone then. */
const STALL_MS = 30_000;
const STALLED_REST_MS = 300_000;

/** Somewhere to send to; each connection is a transport of its own. */
export interface Peer {
  /** @param onError called for faults that do not end the connection */
  connect(onError: (error: OutputError) => void): Transport;
}

/** What a transport, and the messages that go over it, want. */
export interface DeliveryRules {
  readonly sequence: SequenceRule | null;
  /** A peer's numbers go on in its next session: without connections it knows nothing of sessions. */
  readonly keepsSequence: boolean;
  readonly window: WindowBounds;
  /** After a fault: how long the peer's silence must last before it counts as being there. */
  readonly settleMs: number;
  readonly batch: { readonly octets: number; readonly messages: number };
  /** Infinity for no bound. */
  readonly recordsPerSecond: number;
}

/** Where the messages come from. */
export interface MessageSource {
  /** This run of the program. */
  readonly generation: string;
  /** Templates so far: the ordinal of the last one. */
  templates(): number;
  /** All Templates so far; at the start of a session also what stands in front of all flows. */
  announce(isSessionStart: boolean): Message[];
}

/**
 * Sends a backlog to the first of its peers that is there: one session after the other, each with all Templates first.
 * What may have been lost with a connection is sent again.
 */
export class Delivery {
  /** Flow records handed to a peer and not taken back. */
  exported = 0;
  /** Flow records sent once more, which a peer may have twice. */
  repeated = 0;
  messages = 0;
  octets = 0;
  templateMessages = 0;
  /** Of `messages` and `octets`: what sessions began with, and Templates that were sent again. */
  announced: MessageTotals = { messages: 0, octets: 0 };
  reconnects = 0;
  /** A peer was reached, or none was. */
  hasTried = false;
  readonly faults: FaultLog;
  readonly #window: ResendWindow;
  readonly #rate: Rate;
  readonly #bell = new Bell();
  #session: Session | null = null;
  #sessions = 0;
  /** A session with a peer that comes before the present one. */
  #better: Session | null = null;
  /** Sessions that are being made. */
  readonly #opening = new Set<Session>();
  #inFlight: readonly Message[] = [];
  /** Failures in a row. */
  #failures = 0;
  #isRefreshDue = false;
  #isClosing = false;
  #isAborted = false;
  #pausing: AbortController | null = null;
  /** Ends the pauses between looks at better peers. */
  #probePause: AbortController | null = null;
  /** For each peer, until when it is left alone, and the numbers that go on. */
  readonly #restUntilMs: number[];
  readonly #numbers: SequenceNumbers[];

  constructor(
    private readonly peers: readonly Peer[],
    private readonly rules: DeliveryRules,
    private readonly backlog: Backlog,
    private readonly source: MessageSource,
    private readonly surroundings: Surroundings,
    private readonly tell: (message: string) => void,
  ) {
    this.faults = new FaultLog(tell, () => surroundings.now());
    this.#window = new ResendWindow(rules.window);
    this.#rate = new Rate(rules.recordsPerSecond, surroundings.now());
    this.#restUntilMs = peers.map(() => -Infinity);
    this.#numbers = peers.map(() => new SequenceNumbers(rules.sequence));
  }

  get isUp(): boolean {
    return this.#session !== null;
  }

  /** Messages taken from the backlog and not yet handed over. */
  get inFlight(): readonly Message[] {
    return this.#inFlight;
  }

  /** Sends until all is sent after `close`, or until `abort`. */
  async run(): Promise<void> {
    let next: Session | null = null;
    for (;;) {
      const session: Session | null = next ?? (await this.#connect());
      if (session === null) return;
      next = await this.#serve(session);
    }
  }

  /** There is something to send. */
  ring(): void {
    this.#bell.ring();
  }

  /** The Templates are to be sent again. */
  refresh(): void {
    this.#isRefreshDue = true;
    this.#bell.ring();
  }

  /** Does what is due. */
  tick(): void {
    const now = this.surroundings.now();
    const session = this.#session;
    // While a peer takes nothing, what it was sent before is as likely to be unread as it was when that began.
    this.#window.trim(session?.sendingSinceMs ?? now);
    const sinceMs = session?.sendingSinceMs ?? null;
    if (sinceMs !== null && now - sinceMs > STALL_MS) this.leaveStalledPeer();
  }

  /** Leaves the peer that a message is under way to, when there is another one to go to. Answers whether it did. */
  leaveStalledPeer(): boolean {
    const session = this.#session;
    const now = this.surroundings.now();
    if (session === null || session.sendingSinceMs === null) return false;
    if (!this.#restUntilMs.some((until, peer) => peer !== session.peer && until <= now)) return false;
    const seconds = Math.round((now - session.sendingSinceMs) / 1000);
    this.#restUntilMs[session.peer] = now + STALLED_REST_MS;
    session.end(new OutputError(session.name, null, `has taken nothing for ${seconds} s`));
    return true;
  }

  /** Nothing more will come. */
  close(): void {
    this.#isClosing = true;
    this.#pausing?.abort();
    this.#bell.ring();
  }

  /** Gives up what has not been sent. */
  abort(): void {
    this.#isClosing = true;
    this.#isAborted = true;
    const error = new OutputError('', null, 'gave up');
    for (const session of [this.#session, this.#better, ...this.#opening]) session?.end(error);
    this.#pausing?.abort();
    this.#bell.ring();
  }

  /** Connects with the first peer that can be reached; null when there is no need any more. */
  async #connect(): Promise<Session | null> {
    for (;;) {
      if (this.#isAborted || (this.#isClosing && this.backlog.isEmpty)) return null;
      const pause = backOffMs(this.#failures, this.surroundings.random());
      await this.#pause(this.#isClosing ? Math.min(pause, LAST_PAUSE_MS) : pause);
      for (const peer of this.#candidates()) {
        if (this.#isAborted) return null;
        const session = await this.#open(peer);
        if (session !== null) return session;
      }
      this.#failures++;
      this.hasTried = true;
    }
  }

  /** Peers in their order; those that rest only when all do, or at the end when the others have been tried. */
  #candidates(): number[] {
    const now = this.surroundings.now();
    const all = this.peers.map((_, peer) => peer);
    const awake = all.filter((peer) => this.#restUntilMs[peer] <= now);
    if (awake.length > 0 && !this.#isClosing) return awake;
    return [...awake, ...all.filter((peer) => !awake.includes(peer))];
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return;
    this.#pausing = new AbortController();
    await this.surroundings.pause(ms, this.#pausing.signal);
    this.#pausing = null;
  }

  /** A session with its Templates sent; null when it could not be had. */
  async #open(peer: number, probing = false): Promise<Session | null> {
    const { rules, surroundings, source } = this;
    const transport = this.peers[peer].connect((error) => this.faults.note(error));
    const generation = this.backlog.generation ?? source.generation;
    const numbers = rules.keepsSequence ? this.#numbers[peer] : new SequenceNumbers(rules.sequence);
    const session = new Session(transport, peer, generation, numbers, () => this.#bell.ring());
    this.#opening.add(session);
    try {
      await session.open();
      await this.#announce(session, true);
      if (rules.settleMs > 0 && (probing || this.#failures > 0)) {
        await surroundings.pause(rules.settleMs, new AbortController().signal);
        if (session.lost !== null) throw session.lost;
      }
      return session;
    } catch (error) {
      await this.#discard(session);
      if (!(error instanceof OutputError)) throw error;
      if (!this.#isAborted) this.faults.note(error);
      return null;
    } finally {
      this.#opening.delete(session);
    }
  }

  /** Sends all Templates, and what stands in front of all flows. Those of an earlier run stand before its messages. */
  async #announce(session: Session, isSessionStart: boolean): Promise<void> {
    if (session.generation !== this.source.generation) return;
    const messages = this.source.announce(isSessionStart);
    session.announced = this.source.templates();
    if (messages.length === 0) return;
    await session.send(messages, this.surroundings.now());
    this.#count(messages);
    const { messages: count, octets } = totals(messages);
    this.announced = { messages: this.announced.messages + count, octets: this.announced.octets + octets };
  }

  /** Uses a session to its end. Returns the one that takes its place, if there is one already. */
  async #serve(session: Session): Promise<Session | null> {
    this.#session = session;
    this.hasTried = true;
    this.#better = null;
    const startMs = this.surroundings.now();
    this.#greet(session);
    if (session.peer > 0) void this.#probe(session);
    try {
      await this.#pump(session);
      this.#window.takeAll();
      this.#failures = 0;
    } catch (error) {
      if (!(error instanceof OutputError)) throw error;
      this.#lose(session, error);
      this.#failures = this.surroundings.now() - startMs < SOUND_SESSION_MS ? this.#failures + 1 : 0;
    }
    this.#session = null;
    this.#probePause?.abort();
    await this.#discard(session);
    return this.#better;
  }

  #greet(session: Session): void {
    if (this.#sessions++ > 0) this.reconnects++;
    if (this.faults.last === null) return;
    this.faults.clear();
    const { records } = this.backlog.queued;
    this.tell(`${session.name}: connected${this.#sessions > 1 ? ' again' : ''}; ${records} records wait in memory`);
  }

  /** Sends what there is until another session is wanted or all is done. */
  async #pump(session: Session): Promise<void> {
    const { backlog } = this;
    while (this.#better === null) {
      if (session.lost !== null) throw session.lost;
      if (this.#isRefreshDue) {
        this.#isRefreshDue = false;
        await this.#announce(session, false);
      }
      const { generation } = backlog;
      if (generation === null) {
        if (this.#isClosing) break;
        await this.#bell.wait();
        continue;
      }
      if (generation !== session.generation) break;
      const allowed = this.#rate.allowed(this.surroundings.now());
      if (allowed < 1) await this.#pause(this.#rate.waitMs);
      else await this.#send(session, backlog.take({ ...this.rules.batch, records: allowed }));
    }
    await session.close();
  }

  async #send(session: Session, taken: readonly Message[]): Promise<void> {
    const messages = taken.filter(
      (message) => session.generation !== this.source.generation || !wasSaid(session, message),
    );
    if (messages.length === 0) return;
    this.#inFlight = messages;
    await session.send(messages, this.surroundings.now());
    this.#inFlight = [];
    this.#count(messages);
    for (const message of messages) {
      this.#window.add(message);
      this.#rate.use(message.records);
      this.exported += flowRecords(message);
      if (message.isRepeat) this.repeated += flowRecords(message);
    }
    // A peer that takes everything at once must not keep the rest of the program from its turn.
    await setImmediate();
  }

  #count(messages: readonly Message[]): void {
    this.messages += messages.length;
    for (const { octets, kind } of messages) {
      this.octets += octets.length;
      if (kind === MessageKind.Templates) this.templateMessages++;
    }
  }

  /** What may not have arrived waits again, before everything else. */
  #lose(session: Session, error: OutputError): void {
    const sentMs = this.#inFlight.length > 0 ? this.#inFlight[0].sentMs : this.surroundings.now();
    this.#window.trim(sentMs);
    // What the kernel has when we give up it goes on sending.
    const recent = this.#isAborted || error instanceof RefusalError ? [] : this.#window.takeAll();
    const again = [...recent, ...this.#inFlight];
    this.#inFlight = [];
    for (const message of recent) this.exported -= flowRecords(message);
    for (const message of again) message.isRepeat = true;
    if (this.rules.keepsSequence) session.numbers.takeBack(again);
    this.backlog.giveBack(again);
    if (!this.#isAborted) this.faults.note(error);
  }

  /** Looks whether a peer that comes before this session's is there again. */
  async #probe(session: Session): Promise<void> {
    const isWanted = (): boolean => this.#session === session && !this.#isClosing;
    const ended = new AbortController();
    this.#probePause = ended;
    for (let tries = 3; isWanted(); tries++) {
      await this.surroundings.pause(backOffMs(tries, this.surroundings.random()), ended.signal);
      for (const peer of this.#candidates()) {
        if (peer >= session.peer || !isWanted()) break;
        const better = await this.#open(peer, true);
        if (better === null) continue;
        if (isWanted()) {
          this.#better = better;
          this.#bell.ring();
        } else {
          await this.#discard(better);
        }
        return;
      }
    }
  }

  /** Closes a connection of which nothing is wanted any more, and whose end can bring no news. */
  async #discard(session: Session): Promise<void> {
    await session.close().catch((error: unknown) => {
      if (!(error instanceof OutputError)) throw error;
    });
  }
}

/** It only repeats what the session began with. */
function wasSaid(session: Session, { kind, ordinal }: Message): boolean {
  if (kind === MessageKind.Templates) return ordinal <= session.announced;
  return kind === MessageKind.Options && ordinal === 0;
}
