import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { durationUs } from '../config/units.js';
import { ControlClient, ControlError } from '../observe/control-client.js';
import { CONTROL_LIMITS, DEFAULT_SOCKET } from '../observe/control-protocol.js';
import type { LiveStatus, TopStatus } from '../observe/live-status.js';
import { topScreen, type TopSort } from '../observe/top-screen.js';

const EXIT_FAULT = 1;
const HOME = '\x1b[H';
const CLEAR_LINE = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';
/** The other screen, without a cursor; so the terminal is as before in the end. */
const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';
const CTRL_C = '\x03';

interface TopArguments {
  socket: string;
  interval: string;
  once: boolean;
}

export const topCommand: CommandModule<object, TopArguments> = {
  command: 'top',
  describe: 'Watch a running sensor in the terminal: rates, drops, talkers, services, applications, outputs',
  builder: (yargs: Argv) =>
    yargs
      .option('socket', {
        describe: 'Control socket of the sensor',
        type: 'string',
        requiresArg: true,
        default: DEFAULT_SOCKET,
      })
      .option('interval', { describe: 'How often to look', type: 'string', requiresArg: true, default: '2s' })
      .option('once', { describe: 'Print one screen after one interval, and end', type: 'boolean', default: false })
      .check(({ interval }) => {
        readInterval(interval);
        return true;
      }, false),
  handler: async (argv: ArgumentsCamelCase<TopArguments>) => {
    try {
      const client = await ControlClient.connect(argv.socket);
      try {
        const top = new Top(client, readInterval(argv.interval));
        await (argv.once || !process.stdout.isTTY ? top.once() : top.run());
      } finally {
        client.close();
      }
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      process.stderr.write(`weir top: ${error.message}\n`);
      process.exitCode = EXIT_FAULT;
    }
  },
};

function readInterval(text: string): number {
  const ms = durationUs(text) / 1_000;
  if (!(ms >= 100 && ms <= 60_000)) throw new Error(`--interval '${text}': expected 100ms to 1m`);
  return ms;
}

class Top {
  private sort: TopSort = 'octets';
  private last: TopStatus | null = null;
  private before: LiveStatus | null = null;
  private isOver = false;
  private readonly wake = new AbortController();

  constructor(
    private readonly client: ControlClient,
    private readonly intervalMs: number,
  ) {}

  async once(): Promise<void> {
    await this.look();
    await sleep(this.intervalMs);
    await this.look();
    process.stdout.write(`${this.lines(false).join('\n')}\n`);
  }

  async run(): Promise<void> {
    const { stdin, stdout } = process;
    stdout.write(ENTER);
    stdin.setRawMode?.(true);
    stdin.resume();
    const onKey = (key: Buffer): void => this.key(key.toString('utf8'));
    const draw = (): void => this.draw();
    const quit = (): void => this.quit();
    stdin.on('data', onKey);
    stdout.on('resize', draw);
    process.on('SIGTERM', quit);
    try {
      while (!this.isOver) {
        await this.look();
        this.draw();
        await sleep(this.intervalMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
      }
    } finally {
      stdin.off('data', onKey);
      stdout.off('resize', draw);
      process.off('SIGTERM', quit);
      stdin.setRawMode?.(false);
      stdin.pause();
      stdout.write(LEAVE);
    }
  }

  private async look(): Promise<void> {
    this.before = this.last?.status ?? null;
    this.last = (await this.client.ask('top', { limit: CONTROL_LIMITS.talkers })) as TopStatus;
  }

  private key(key: string): void {
    if (key === 'q' || key === CTRL_C) this.quit();
    else if (key === 'o' || key === 'p') {
      this.sort = key === 'o' ? 'octets' : 'packets';
      this.draw();
    }
  }

  private quit(): void {
    this.isOver = true;
    this.wake.abort();
  }

  private lines(isStyled: boolean): string[] {
    if (this.last === null) return [];
    const { columns = 100, rows = 40 } = process.stdout;
    return topScreen(this.last, this.before, { columns, rows, sort: this.sort, isStyled });
  }

  private draw(): void {
    // Lines are written over the old ones: nothing flickers, over SSH neither.
    const lines = this.lines(true).map((line) => `${line}${CLEAR_LINE}`);
    process.stdout.write(`${HOME}${lines.join('\r\n')}${CLEAR_BELOW}`);
  }
}
