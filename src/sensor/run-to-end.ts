/** What Node.js ends with when a module waits for what never comes. */
const EXIT_UNSETTLED = 13;

/**
 * Lets `work` run to its end; an error in it ends the thread. When nothing is left that could end it, the thread ends with an
 * exit code that says so: as with `await` in a module, which the bundled program cannot have.
 */
export function runToEnd(work: Promise<unknown>): void {
  const unsettled = (): void => {
    process.exitCode ??= EXIT_UNSETTLED;
  };
  process.once('beforeExit', unsettled);
  void work.then(
    () => process.off('beforeExit', unsettled),
    // Whatever is said about promises that nobody looks at (`--unhandled-rejections`).
    (error: unknown) =>
      queueMicrotask(() => {
        throw error;
      }),
  );
}
