import { execFile } from 'node:child_process';

/**
 * Tells systemd about the service (sd_notify(3)): ready, stopping, a line of status, and that it is alive. Node.js has no
 * datagram sockets of the unix domain, so systemd's own program speaks (docs/decisions/systemd-notify.md).
 */
export class ServiceNotify {
  /** How often systemd wants a sign of life, ms; null when it does not watch. */
  readonly watchdogMs: number | null;
  private readonly isWatched: boolean;
  private isTold = false;

  constructor(
    environment: Readonly<Record<string, string | undefined>>,
    private readonly failed: (message: string) => void,
  ) {
    this.isWatched = (environment.NOTIFY_SOCKET ?? '') !== '';
    const { WATCHDOG_USEC: usec = '', WATCHDOG_PID: pid = String(process.pid) } = environment;
    this.watchdogMs = this.isWatched && /^\d+$/.test(usec) && pid === String(process.pid) ? Number(usec) / 1_000 : null;
  }

  ready(status: string): void {
    this.send([`MAINPID=${process.pid}`, 'READY=1', `STATUS=${status}`]);
  }

  status(status: string): void {
    this.send([`STATUS=${status}`]);
  }

  alive(): void {
    this.send(['WATCHDOG=1']);
  }

  reloading(): void {
    // Type=notify-reload wants the moment of the signal by the monotonic clock.
    this.send(['RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1_000n}`]);
  }

  stopping(): void {
    this.send(['STOPPING=1', 'STATUS=stopping']);
  }

  private send(assignments: readonly string[]): void {
    if (!this.isWatched) return;
    execFile('systemd-notify', [...assignments], (error) => {
      if (error === null || this.isTold) return;
      this.isTold = true;
      this.failed(`systemd-notify: ${error.message}`);
    });
  }
}
