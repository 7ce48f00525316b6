import type { HashSeed } from './flow-key.js';
import { createHashSeed } from './flow-key.js';
import { DNS_PORT } from './transport/ports.js';
import { type TunnelKind, TUNNELS, UDP_TUNNELS } from './tunnel/tunnels.js';

/** What decode needs to know from the configuration. */
export interface DecodeSettings {
  readonly seed: HashSeed;
  /** VLAN ids take part in the flow key. */
  readonly vlanInKey: boolean;
  /** The ingress interface takes part in the flow key. */
  readonly interfaceInKey: boolean;
  /** Tunnels that are decapsulated: bit `1 << kind`. */
  readonly decap: number;
  /** Tunnel kind by UDP port, 0 where the port is no tunnel's. */
  readonly udpTunnelByPort: Uint8Array;
  /**
   * The same as a bit set, for the common shape: a packet with such a port takes the full walk, and every worker looks at it.
   * With the port of DNS when answers are to be noted.
   */
  readonly udpPortBits: Int32Array;
  /** How many workers share the packets, and which of them this is (from 0): a packet belongs to the worker of its addresses. */
  readonly workers: number;
  readonly worker: number;
  /** Note answers of DNS, whichever worker meters them. */
  readonly answers: boolean;
  /** Decode the common shape in a straight line; off only where a test compares the two ways. */
  readonly commonShape: boolean;
}

export interface DecodeOptions {
  readonly seed?: HashSeed;
  readonly vlanInKey?: boolean;
  readonly interfaceInKey?: boolean;
  /** Names of the tunnels to decapsulate, see tunnel/tunnels.ts. */
  readonly decap?: readonly string[];
  /** UDP ports that replace a tunnel's registered ones, by tunnel name. */
  readonly ports?: Readonly<Record<string, readonly number[]>>;
  readonly workers?: number;
  readonly worker?: number;
  readonly answers?: boolean;
  readonly commonShape?: boolean;
}

/** Tunnels decapsulated unless the user says otherwise: those that carry mirrored traffic and nothing else. */
export const DEFAULT_DECAP: readonly string[] = ['erspan', 'tzsp'];

export function createDecodeSettings(options: DecodeOptions = {}): DecodeSettings {
  const udpTunnelByPort = new Uint8Array(65_536);
  const udpPortBits = new Int32Array(2_048);
  const answers = options.answers ?? false;
  if (answers) udpPortBits[DNS_PORT >>> 5] |= 1 << (DNS_PORT & 31);
  let decap = 0;
  for (const name of options.decap ?? DEFAULT_DECAP) {
    const kind: TunnelKind | undefined = TUNNELS[name];
    if (kind === undefined) throw new RangeError(`unknown tunnel '${name}'`);
    decap |= 1 << kind;
    for (const port of options.ports?.[name] ?? UDP_TUNNELS[name] ?? []) {
      udpTunnelByPort[port] = kind;
      udpPortBits[port >>> 5] |= 1 << (port & 31);
    }
  }
  return {
    seed: options.seed ?? createHashSeed(),
    vlanInKey: options.vlanInKey ?? true,
    interfaceInKey: options.interfaceInKey ?? false,
    decap,
    udpTunnelByPort,
    udpPortBits,
    workers: options.workers ?? 1,
    worker: options.worker ?? 0,
    answers,
    commonShape: options.commonShape ?? true,
  };
}
