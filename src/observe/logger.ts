import type { LogFormat } from './log.js';

/** How bad it is; the lesser ones are left out by the level that is set. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What goes with a message, for programs that read JSON. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The log of a process that runs for months. `code` names the kind of event: it is stable, and its messages are bounded. */
export interface Log {
  level: LogLevel;
  error(code: string, message: string, fields?: LogFields): void;
  warn(code: string, message: string, fields?: LogFields): void;
  info(code: string, message: string, fields?: LogFields): void;
  debug(code: string, message: string, fields?: LogFields): void;
}

/** Messages of one code in one period; the others are counted and told at its end. */
const MESSAGES_A_PERIOD = 10;
const PERIOD_MS = 60_000;

type Write = (level: LogLevel, code: string, message: string, fields: LogFields) => void;

/** A log on standard error, as lines for people or as JSON for programs, at once and in order. */
export async function createLog(command: string, format: LogFormat, level: LogLevel): Promise<Log> {
  return new LimitedLog(format === 'json' ? await jsonWriter(command) : textWriter(command), level);
}

function textWriter(command: string): Write {
  return (level, _code, message) => {
    const mark = level === 'info' ? '' : `${level}: `;
    process.stderr.write(`weir ${command}: ${mark}${message}\n`);
  };
}

async function jsonWriter(command: string): Promise<Write> {
  const { pino } = await import('pino');
  const logger = pino(
    {
      base: { command },
      level: 'debug',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    pino.destination({ fd: process.stderr.fd, sync: true }),
  );
  return (level, code, message, fields) => logger[level]({ code, ...fields }, message);
}

interface Period {
  endMs: number;
  count: number;
}

/** Keeps the rate of each code within bounds: a fault that comes back a thousand times a second shall not fill a disk. */
export class LimitedLog implements Log {
  private readonly periods = new Map<string, Period>();

  constructor(
    private readonly write: Write,
    public level: LogLevel,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  error(code: string, message: string, fields: LogFields = {}): void {
    this.take('error', code, message, fields);
  }

  warn(code: string, message: string, fields: LogFields = {}): void {
    this.take('warn', code, message, fields);
  }

  info(code: string, message: string, fields: LogFields = {}): void {
    this.take('info', code, message, fields);
  }

  debug(code: string, message: string, fields: LogFields = {}): void {
    this.take('debug', code, message, fields);
  }

  private take(level: LogLevel, code: string, message: string, fields: LogFields): void {
    if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(this.level)) return;
    const now = this.nowMs();
    let period = this.periods.get(code);
    if (period === undefined || now >= period.endMs) {
      const left = (period?.count ?? 0) - MESSAGES_A_PERIOD;
      if (left > 0) this.write(level, code, `${left} more messages like the next one were left out`, { leftOut: left });
      period = { endMs: now + PERIOD_MS, count: 0 };
      this.periods.set(code, period);
    }
    if (++period.count <= MESSAGES_A_PERIOD) this.write(level, code, message, fields);
  }
}
