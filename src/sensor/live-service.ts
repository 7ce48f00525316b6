import { errorText } from '../capture/capture-error.js';
import type { LiveSettings } from '../config/live-settings.js';
import { DEFAULT_SOCKET } from '../observe/control-protocol.js';
import { HttpEndpoint } from '../observe/http-endpoint.js';
import type { Log } from '../observe/logger.js';
import { MetricsText } from '../observe/metrics.js';
import { ServiceNotify } from '../observe/service-notify.js';
import { ControlServer } from './control-server.js';
import { findUser, type User } from './live/privileges.js';
import { type LiveEnd, LiveSensor, type Reloaded } from './live.js';
import { controlAnswers } from './live-control.js';

/** How often systemd gets a line of status. */
const STATUS_MS = 10_000;
/** Signs of life are sent this many times as often as systemd wants them. */
const SIGNS_A_WATCH = 3;

/** Runs a sensor as a service: signals, control socket, metrics, service manager, and the user it goes on as. */
export class LiveService {
  private readonly notify: ServiceNotify;
  private readonly metrics = new MetricsText();
  private control: ControlServer | null = null;
  private endpoint: HttpEndpoint | null = null;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly handlers: (readonly [NodeJS.Signals, () => void])[] = [];
  private isStopping = false;
  private reloading: Promise<Reloaded> | null = null;

  private constructor(
    private readonly sensor: LiveSensor,
    private readonly log: Log,
    private readonly readSettings: () => Promise<LiveSettings>,
  ) {
    this.notify = new ServiceNotify(process.env, (message) => log.warn('notify', message));
  }

  /**
   * Opens everything, in the order that privileges ask for: capture, socket and port while they are there, outputs as the
   * user who goes on. Rejects with what went wrong; nothing is left open then.
   * @param readSettings reads the settings anew, for a reload
   */
  static async open(settings: LiveSettings, log: Log, readSettings: () => Promise<LiveSettings>): Promise<LiveService> {
    const user = settings.user === null ? null : findUser(settings.user);
    const sensor = await LiveSensor.open(settings, log);
    const service = new LiveService(sensor, log, readSettings);
    try {
      await service.openDoors(settings, user);
      if (user !== null) await sensor.becomeUser(user);
      await sensor.begin();
    } catch (error) {
      service.closeDoors();
      sensor.stop();
      await sensor.run();
      throw error;
    }
    service.listen();
    service.warnOfClocks();
    return service;
  }

  /** Runs until a signal, or the end of all captures. */
  async run(): Promise<LiveEnd> {
    const interfaces = this.sensor.interfaces.map(({ name, backend }) => `${name} (${backend})`).join(', ');
    this.log.info('started', `captures from ${interfaces}`);
    this.notify.ready(`captures from ${interfaces}`);
    const end = await this.sensor.run();
    this.closeDoors();
    return end;
  }

  private warnOfClocks(): void {
    for (const { name, timestampTrouble } of this.sensor.interfaces) {
      if (timestampTrouble === null) continue;
      const text = `${name}: no hardware time stamps (${timestampTrouble}): the system's clock stamps packets`;
      this.log.warn('timestamps', text, { interface: name });
    }
  }

  private async openDoors(settings: LiveSettings, user: User | null): Promise<void> {
    const answer = controlAnswers(this.sensor, () => this.reload());
    try {
      this.control = await ControlServer.open(settings.socket ?? DEFAULT_SOCKET, answer);
      if (user !== null) this.control.giveTo(user.uid, user.gid);
    } catch (error) {
      if (settings.socket !== null) throw error;
      this.log.info(
        'no-socket',
        `${errorText(error)}; weir ctl and weir top cannot talk to this sensor (--socket PATH)`,
      );
    }
    if (settings.metrics === null) return;
    const { sensor, metrics } = this;
    this.endpoint = await HttpEndpoint.open(settings.metrics, {
      metrics: () => metrics.text(sensor.status()),
      contentType: metrics.contentType,
      unhealthy: () => sensor.unhealthy,
      unready: () => sensor.unready,
    });
    this.log.info('metrics', `serves http://${this.endpoint.address}/metrics`, { address: this.endpoint.address });
  }

  private closeDoors(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const [signal, handler] of this.handlers) process.off(signal, handler);
    this.control?.close();
    this.endpoint?.close();
  }

  private listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) this.on(signal, () => this.stop(signal));
    this.on('SIGHUP', () => void this.reload().catch(() => undefined));
    this.on('SIGUSR1', () => this.tellStatus());
    this.timers.push(setInterval(() => this.notify.status(this.statusLine()), STATUS_MS));
    const { watchdogMs } = this.notify;
    if (watchdogMs !== null) {
      const sign = (): void => (this.sensor.unhealthy === null ? this.notify.alive() : undefined);
      this.timers.push(setInterval(sign, watchdogMs / SIGNS_A_WATCH));
    }
  }

  private on(signal: NodeJS.Signals, handler: () => void): void {
    this.handlers.push([signal, handler]);
    process.on(signal, handler);
  }

  private stop(signal: NodeJS.Signals): void {
    if (this.isStopping) {
      // The second one means it: what the signal does by itself.
      this.closeDoors();
      process.kill(process.pid, signal);
      return;
    }
    this.isStopping = true;
    this.log.info('stopping', `${signal}: stops the capture and exports what is left; again to leave at once`);
    this.notify.stopping();
    this.sensor.stop();
  }

  /** Reads the settings anew and takes over what can be; what cannot is named. One at a time. */
  private async reload(): Promise<Reloaded> {
    this.reloading ??= this.reloadNow().finally(() => (this.reloading = null));
    return this.reloading;
  }

  private async reloadNow(): Promise<Reloaded> {
    this.notify.reloading();
    try {
      const reloaded = await this.sensor.reload(await this.readSettings());
      const { taken, refused } = reloaded;
      this.log.info(
        'reloaded',
        taken.length === 0 ? 'reload: nothing to take over' : `reload: took over ${taken.join(', ')}`,
      );
      if (refused.length > 0) this.log.warn('reload-refused', `reload: wants a restart: ${refused.join(', ')}`);
      return reloaded;
    } catch (error) {
      this.log.error('reload-failed', `reload: ${errorText(error)}; goes on as before`);
      throw error;
    } finally {
      this.notify.ready(this.statusLine());
    }
  }

  private tellStatus(): void {
    this.log.info('status', this.statusLine(), { status: this.sensor.status() });
  }

  private statusLine(): string {
    const { ledger, droppedByKernel, droppedByInterface, outputs } = this.sensor.status();
    const down = outputs.filter(({ up }) => !up).map(({ name }) => `${name} is down`);
    return [
      `${ledger.packets.received} packets`,
      `${droppedByKernel + droppedByInterface} dropped`,
      `${ledger.flows.live} live flows`,
      `${ledger.flows.exported} exported`,
      `${ledger.flows.notSent} not sent`,
      ...down,
    ].join(', ');
  }
}
