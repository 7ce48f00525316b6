import { FilteredOutput } from './filter/filtered-output.js';
import { balanced, failover } from './output-groups.js';
import type { Output } from './output.js';
import { isUniflow, type OutputDefaults, outputRequest } from './output-request.js';
import { type OutputGroup, type OutputSpec, parseOutput } from './output-spec.js';
import { OUTPUT_TARGETS } from './output-targets.js';

/**
 * Opens an output: a URI, the name of a file, or `-`, several with `|` between.
 * Rejects with a RangeError when the text or an option is wrong, and with an OutputError when it cannot be opened.
 */
export async function createOutput(output: string | OutputGroup, defaults: OutputDefaults = {}): Promise<Output> {
  const { text, policy, members } = typeof output === 'string' ? parseOutput(output) : output;
  if (policy === 'failover') {
    const { openInTurn } = await import('./network-target.js');
    const shared = withText(text, () => openInTurn(text, members, defaults));
    // They differ in nothing but the host.
    if (shared !== null) return filtered(shared, members[0], defaults);
  }
  const opened: Output[] = [];
  for (const member of members) opened.push(await openMember(member, defaults));
  switch (policy) {
    case 'single':
      return opened[0];
    case 'failover':
      return failover(text, opened);
    case 'balance':
      return balanced(text, opened);
  }
}

async function openMember(spec: OutputSpec, defaults: OutputDefaults): Promise<Output> {
  const { kind } = spec.target;
  try {
    return filtered(await OUTPUT_TARGETS[kind](outputRequest(spec, defaults)), spec, defaults);
  } catch (error) {
    throw inOutput(spec.text, error);
  }
}

function withText<T>(text: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw inOutput(text, error);
  }
}

/** Says which output a RangeError is about. */
function inOutput(text: string, error: unknown): unknown {
  return error instanceof RangeError ? new RangeError(`output '${text}': ${error.message}`) : error;
}

/** Puts the filter in front that the text asks for. */
function filtered(output: Output, spec: OutputSpec, defaults: OutputDefaults): Output {
  const { filter } = spec.options;
  return filter === undefined ? output : new FilteredOutput(output, filter, isUniflow(spec, defaults));
}
