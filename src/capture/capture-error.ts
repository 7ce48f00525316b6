/** Why an input cannot be read at all. */
export type CaptureErrorKind =
  'missing' | 'permission' | 'directory' | 'empty' | 'not-a-capture' | 'unreadable' | 'no-match' | 'usage';

/** An input that cannot be opened. Faults met after the first octets are an `InputFault` of the reader instead. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  constructor(
    readonly kind: CaptureErrorKind,
    /** The input as the user named it. */
    readonly input: string,
    /** What is wrong and what was expected, without the input's name. */
    readonly detail: string,
    options?: ErrorOptions,
  ) {
    super(`${input}: ${detail}`, options);
  }
}

/** Puts an error of the file system into words, unless it already is. `what` says what was being done with `input`. */
export function captureErrorFrom(error: unknown, input: string, what: string): CaptureError {
  if (error instanceof CaptureError) return error;
  const code = errorCode(error);
  const options = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') return new CaptureError('missing', input, 'no such file', options);
  if (code === 'EACCES' || code === 'EPERM') return new CaptureError('permission', input, 'permission denied', options);
  if (code === 'EISDIR') return new CaptureError('directory', input, 'is a directory, a file was expected', options);
  return new CaptureError('unreadable', input, `${what}: ${errorText(error)}`, options);
}

/** The `code` of a system error, or null. */
export function errorCode(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : null;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
