/** Runs the words of a line, without interpreter and script. */
export type RunWords = (words: readonly string[]) => Promise<void>;

/** The commands, in the order of `weir --help`; each is loaded with all that it needs when it is asked for. */
export const COMMANDS: Readonly<Record<string, (run: RunWords) => Promise<unknown>>> = {
  replay: async () => (await import('./replay-command.js')).replayCommand,
  live: async () => (await import('./live-command.js')).liveCommand,
  print: async () => (await import('./print-command.js')).printCommand,
  top: async () => (await import('./top-command.js')).topCommand,
  ctl: async () => (await import('./ctl-command.js')).ctlCommand,
  config: async () => (await import('./config-command.js')).configCommand,
  interfaces: async () => (await import('./interfaces-command.js')).interfacesCommand,
  labels: async () => (await import('./labels-command.js')).labelsCommand,
  yaf: async (run) => (await import('./yaf/yaf-command.js')).yafCommand(run),
};
