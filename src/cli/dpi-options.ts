import type { Options } from 'yargs';

import { DEFAULT_DPI_MEMORY_OCTETS, type DpiSettings } from '../dpi/dpi-settings.js';
import { REGISTRY } from '../dpi/registry.js';

const MEBIBYTE = 1024 * 1024;
const LEAST_MEMORY_OCTETS = MEBIBYTE;
const MOST_MEMORY_OCTETS = 4096 * MEBIBYTE;

/** The options of deep packet inspection, for all commands that meter. */
export const DPI_OPTIONS: Record<string, Options> = {
  dpi: {
    describe:
      "Inspect payload: 'labels' for application labels; 'all' (when no value follows) for metadata too; or protocols",
    type: 'string',
    defaultDescription: 'off',
  },
  'dpi-memory': {
    describe: 'Bound on payload, state and metadata of inspected flows',
    type: 'string',
    requiresArg: true,
    default: `${DEFAULT_DPI_MEMORY_OCTETS / MEBIBYTE}MiB`,
  },
  'label-by-port': {
    describe: 'Label flows that inspection does not recognise by their port',
    type: 'boolean',
    default: false,
  },
  'dpi-secrets': {
    describe: 'Do not mask passwords, cookies and the like',
    type: 'boolean',
    default: false,
  },
};

export interface DpiArguments {
  readonly dpi: string | undefined;
  readonly dpiMemory: string;
  readonly labelByPort: boolean;
  readonly dpiSecrets: boolean;
}

/** What the options ask for; null without `--dpi`. Throws an error that names option, value and what is allowed. */
export function dpiSettings({ dpi, dpiMemory, labelByPort, dpiSecrets }: DpiArguments): DpiSettings | null {
  const memoryOctets = memory(dpiMemory);
  if (dpi === undefined) return null;
  return { metadata: protocolsOf(dpi), memoryOctets, labelByPort, secrets: dpiSecrets, explain: false };
}

function protocolsOf(text: string): string[] {
  const extracting = REGISTRY.all.filter(({ protocol }) => protocol.extractor !== undefined);
  const known = extracting.map(({ protocol }) => protocol.name);
  if (text === 'labels') return [];
  if (text === '' || text === 'all') return known;
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!known.includes(name)) {
      throw new Error(`--dpi '${name}': expected labels, all, or a list of ${known.join(', ')}`);
    }
  }
  return names;
}

function memory(text: string): number {
  const match = /^(\d{1,9})\s*(MiB|GiB)$/.exec(text);
  const octets = match === null ? NaN : Number(match[1]) * (match[2] === 'GiB' ? 1024 : 1) * MEBIBYTE;
  if (!(octets >= LEAST_MEMORY_OCTETS && octets <= MOST_MEMORY_OCTETS)) {
    throw new Error(`--dpi-memory '${text}': expected 1MiB to 4GiB`);
  }
  return octets;
}
