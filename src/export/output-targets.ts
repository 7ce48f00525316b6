import { openFile, openStandardOutput } from './file/file-output.js';
import type { Output } from './output.js';
import type { OutputRequest } from './output-request.js';
import type { TargetKind } from './output-schemes.js';

/** Opens an output. Rejects with a RangeError when an option is wrong, with an OutputError when it cannot be opened. */
export type OpenTarget = (request: OutputRequest) => Promise<Output>;

/** Loads what speaks the protocols of the network when an output does. */
const openNetwork: OpenTarget = async (request) => (await import('./network-target.js')).openNetwork(request);

/** A target is one line here; how it is written in a URI stands in output-schemes.ts. */
export const OUTPUT_TARGETS: Readonly<Record<TargetKind, OpenTarget>> = {
  file: openFile,
  stdout: openStandardOutput,
  udp: openNetwork,
  tcp: openNetwork,
  tls: openNetwork,
  nats: openNetwork,
  redis: openNetwork,
};
