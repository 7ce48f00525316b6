import { createRequire } from 'node:module';
import { endianness } from 'node:os';
import { fileURLToPath } from 'node:url';

import { CaptureError, errorCode, errorText } from './capture-error.js';
import { RING_LAYOUT } from './live/ring-layout.js';

/** The native addon, as native/*.cc has it; what its functions take and return is said there. They throw on errors. */
export interface NativeAddon {
  readonly interfaceVersion: number;
  /** Absent where there are no packet sockets. */
  readonly ringLayout?: Readonly<Record<string, number>>;
  close(handle: number): boolean;
  /** Absent where threads have no capabilities, as is the next. */
  keepRights?(): void;
  limitRights?(): void;
  ringOpen(
    interfaceIndex: number,
    blockOctets: number,
    blockCount: number,
    blockTimeoutMs: number,
    flags: number,
    filter: Uint8Array,
    fanoutGroup: number,
    fanoutProgram: Uint8Array | null,
  ): { readonly handle: number; readonly memory: ArrayBuffer | null };
  ringWait(handle: number, block: number, timeoutMs: number): number;
  ringRelease(handle: number, block: number): void;
  ringCopy(handle: number, block: number, target: Uint8Array): void;
  ringFilter(handle: number, filter: Uint8Array): void;
  ringStatistics(handle: number, counts: Float64Array): void;
  interfaceStatus(name: string, status: Int32Array): number;
  interfaceName(index: number): string | null;
  pcapVersion(): string | null;
  pcapOpen(
    name: string,
    snapLength: number,
    promiscuous: number,
    bufferOctets: number,
    filter: string | null,
    adapterClock: number,
  ): { readonly handle: number; readonly linkType: number };
  pcapSetFilter(handle: number, expression: string): void;
  pcapNext(
    handle: number,
    octets: Uint8Array,
    offset: Int32Array,
    captured: Int32Array,
    wire: Uint32Array,
    timeUs: Float64Array,
    timeNs: Int32Array,
    timeoutMs: number,
  ): number;
  pcapStatistics(handle: number, counts: Float64Array): void;
  pcapCompile(interfaceName: string | null, linkType: number, snapLength: number, expression: string): Uint8Array;
  pcapFilter(
    program: Uint8Array,
    octets: Uint8Array,
    offset: Int32Array,
    captured: Int32Array,
    wire: Uint32Array,
    count: number,
    keep: Uint8Array,
  ): number;
  pcapDevices(): string[];
}

/** Flags of `ringOpen`. */
export const enum RingFlag {
  Promiscuous = 1,
  Cooked = 2,
  IgnoreOutgoing = 4,
  HardwareTimestamps = 8,
  Copy = 16,
}

/** Values of errno that `ringWait` and `interfaceStatus` return negated: those of Linux. */
export const enum SystemError {
  NoDevice = 19,
  NetworkDown = 100,
}

const INTERFACE_VERSION = 3;

/** Where the addon may be, the first first: made beforehand for this kind of machine, or built by native/build.mjs. */
const CANDIDATES = [
  `../../prebuilds/${process.platform}-${process.arch}/weir.node`,
  '../../native/build/weir.node',
] as const;

const HOW_TO_BUILD =
  "install a C++ compiler and the kernel's headers (Debian and Ubuntu: apt-get install g++ linux-libc-dev; " +
  "Fedora: dnf install gcc-c++ kernel-headers; Alpine: apk add g++ linux-headers) and run 'npm rebuild weir', " +
  "or 'node native/build.mjs' in weir's own folder";

const HOW_TO_BUILD_ANEW = "run 'npm run build:native' in weir's own folder";

const HOW_TO_GET_LIBPCAP =
  'install libpcap (Debian and Ubuntu: apt-get install libpcap0.8; Fedora: dnf install libpcap; Alpine: apk add libpcap)';

/** What came of loading the addon. */
export interface Loaded {
  readonly addon: NativeAddon | null;
  /** Why there is none; empty when there is. */
  readonly trouble: string;
  /** There is one, but for another version of this program. */
  readonly isStale: boolean;
}

let loaded: Loaded | null = null;

/** Null when the addon can be used, else what is missing and how to get it. */
export function nativeMissing(): string | null {
  loaded ??= load(CANDIDATES);
  if (loaded.addon !== null) return null;
  return loaded.isStale
    ? staleText(loaded.trouble)
    : `weir's capture addon is missing (${loaded.trouble}): ${HOW_TO_BUILD}`;
}

/** Null unless there is an addon that was built for another version of this program; then that, and what to do. */
export function nativeStale(): string | null {
  const missing = nativeMissing();
  return loaded?.isStale === true ? missing : null;
}

function staleText(trouble: string): string {
  return `weir's capture addon was built for another version of weir (${trouble}): ${HOW_TO_BUILD_ANEW}`;
}

/** Null when the addon and libpcap can be used, else what is missing and how to get it. */
export function libpcapMissing(): string | null {
  return (
    nativeMissing() ?? (native('libpcap').pcapVersion() === null ? `libpcap is missing: ${HOW_TO_GET_LIBPCAP}` : null)
  );
}

/** The addon; throws a `CaptureError` for `input` when it is missing. */
export function native(input: string): NativeAddon {
  const missing = nativeMissing();
  if (missing !== null || loaded?.addon == null) throw new CaptureError('unreadable', input, missing ?? '');
  return loaded.addon;
}

/** Loads the first addon that is there and fits; exported for its test. */
export function load(candidates: readonly string[]): Loaded {
  const require = createRequire(import.meta.url);
  const troubles: string[] = [];
  let isStale = false;
  for (const candidate of candidates) {
    try {
      const addon = require(candidate) as NativeAddon;
      const trouble = misfit(addon);
      if (trouble === null) return { addon, trouble: '', isStale: false };
      isStale ||= addon.interfaceVersion !== INTERFACE_VERSION;
      troubles.push(`${fileURLToPath(new URL(candidate, import.meta.url))} ${trouble}`);
    } catch (error) {
      if (errorCode(error) !== 'MODULE_NOT_FOUND') troubles.push(errorText(error).split('\n')[0]);
    }
  }
  return { addon: null, trouble: troubles.length === 0 ? 'it has not been built' : troubles.join('; '), isStale };
}

/** Null when the addon has the functions and the layouts that this code was written for. */
function misfit({ interfaceVersion, ringLayout }: NativeAddon): string | null {
  if (interfaceVersion !== INTERFACE_VERSION) {
    return `has version ${interfaceVersion} of the interface, ${INTERFACE_VERSION} was expected`;
  }
  if (endianness() !== 'LE') return 'runs on a big-endian machine, which this program does not know';
  if (ringLayout === undefined) return null;
  for (const [name, expected] of Object.entries(RING_LAYOUT)) {
    if (ringLayout[name] !== expected) return `has ${name} at ${ringLayout[name]}, ${expected} was expected`;
  }
  return null;
}
