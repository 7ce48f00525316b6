/** How messages stand on standard error: lines for people, or JSON lines for programs that gather logs. */
export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Tells what a person should know; `command` is who says it. */
export type Tell = (message: string) => void;

/** Messages of `command` on standard error, in order and at once, so that none is lost when the process ends. */
export async function createTell(command: string, format: LogFormat): Promise<Tell> {
  if (format === 'text') return (message) => void process.stderr.write(`weir ${command}: ${message}\n`);
  const { pino } = await import('pino');
  const logger = pino(
    { base: { command }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (level) => ({ level }) } },
    pino.destination({ fd: process.stderr.fd, sync: true }),
  );
  return (message) => logger.warn(message);
}
