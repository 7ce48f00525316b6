import { getSystemErrorMap } from 'node:util';

/** A fault of an output: it cannot be opened, or written to any further. */
export class OutputError extends Error {
  override readonly name = 'OutputError';

  constructor(
    /** The output as the user named it. */
    readonly output: string,
    /** Code of the system error (`ENOSPC`, `EPIPE`), or null. */
    readonly code: string | null,
    /** What is wrong, without the output's name. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${output}: ${detail}`, options);
  }
}

/** The peer is there, and has what was sent before, but does not take this. */
export class RefusalError extends OutputError {}

/** Puts an error into words, unless it already is. `action` says what was being done, as in `cannot write`. */
export function outputErrorFrom(error: unknown, output: string, action: string): OutputError {
  if (error instanceof OutputError) return error;
  const { code, errno, message } = error as NodeJS.ErrnoException;
  const systemText = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  const detail = systemText === undefined ? message : `${systemText} (${code})`;
  return new OutputError(output, code ?? null, `${action}: ${detail}`, { cause: error });
}
