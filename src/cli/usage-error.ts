/** The command line does not say what to do; nothing has been done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
