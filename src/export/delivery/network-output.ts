import type { MessageEncoder, MessageSink } from '../message-encoder.js';
import { type CredentialOptions, readCredentials } from '../transport/credentials.js';
import { NatsTransport } from '../transport/nats.js';
import { RedisTransport } from '../transport/redis.js';
import { TcpTransport } from '../transport/tcp.js';
import { readTlsIdentity, type TlsFiles, TlsTransport } from '../transport/tls.js';
import { UdpTransport } from '../transport/udp.js';
import type { DeliveryRules, Peer } from './delivery.js';
import { MessageOutput } from './message-output.js';
import { LastingFolder, removeAbandonedFolders, type SpoolFolder, TemporaryFolder } from './spool-folder.js';
import { REAL_SURROUNDINGS, type Surroundings } from './surroundings.js';

export type NetworkTransport = 'udp' | 'tcp' | 'tls' | 'nats' | 'redis';

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Of servers that store messages: where, and what they are told. */
export interface BrokerOptions extends CredentialOptions {
  /** Subject of NATS, key of a Redis Stream. */
  readonly place: string;
  readonly isEncrypted?: boolean;
  /** Makes a JetStream stream when none takes the subject. */
  readonly create?: boolean | undefined;
  /** Messages that are kept there. Default: all. */
  readonly maxLength?: number | undefined;
  /** Octets of a message at most. */
  readonly maxMessageOctets: number;
}

export interface NetworkOptions {
  readonly transport: NetworkTransport;
  /** The first that is there gets everything. */
  readonly peers: readonly HostPort[];
  /** Bound of what waits in memory, octets. Default: 16 MiB. */
  readonly queueOctets?: number | undefined;
  /** Bound of what waits on disk, octets; 0 for nothing. Default: 1 GiB; with UDP nothing unless `mayWait`. */
  readonly spoolOctets?: number | undefined;
  /** Folder of the spool, in which it outlasts the process. Default: a temporary one, which does not. */
  readonly spoolFolder?: string | undefined;
  /** Records per second at most. Default: no bound. */
  readonly recordsPerSecond?: number | undefined;
  /** How often Templates are sent again over UDP. Default: 60 s, 1000 messages. */
  readonly refresh?: { readonly ms: number; readonly messages: number } | undefined;
  /** At the end: how long no message may be taken before the rest is given up, ms. Default: 10 s. */
  readonly lingerMs?: number;
  readonly tls?: TlsFiles;
  /** Wanted with NATS and Redis. */
  readonly broker?: BrokerOptions;
  /** Whoever hands over records can wait, as a replay can. */
  readonly mayWait: boolean;
  readonly tell: (message: string) => void;
  readonly surroundings?: Surroundings;
}

const MIB = 1_048_576;
const QUEUE_OCTETS = 16 * MIB;
const SPOOL_OCTETS = 1024 * MIB;
const LINGER_MS = 10_000;
const TEMPLATE_REFRESH = { ms: 60_000, messages: 1000 };

type Rules = Omit<DeliveryRules, 'sequence' | 'recordsPerSecond'>;

/** What socket buffers on both sides may hold, unread, stays at hand for as long as a collector may take to come back. */
const STREAM_RULES: Rules = {
  keepsSequence: false,
  window: { octets: 16 * MIB, ms: 300_000 },
  settleMs: 0,
  batch: { octets: 262_144, messages: 1024 },
};

/**
 * What is acknowledged is stored. But a server that breaks down loses what it had not written: by Redis' `everysec` a second, and
 * what a replica did not have yet.
 */
const BROKER_RULES: Rules = {
  keepsSequence: false,
  window: { octets: 16 * MIB, ms: 2_000 },
  settleMs: 0,
  batch: { octets: MIB, messages: 256 },
};

/** That nobody listens is only known a moment after a datagram was sent. */
const DATAGRAM_RULES: Rules = {
  keepsSequence: true,
  window: { octets: 256 * 1024, ms: 500 },
  settleMs: 200,
  batch: { octets: 65_536, messages: 64 },
};

const RULES: Readonly<Record<NetworkTransport, Rules>> = {
  udp: DATAGRAM_RULES,
  tcp: STREAM_RULES,
  tls: STREAM_RULES,
  nats: BROKER_RULES,
  redis: BROKER_RULES,
};

/**
 * An output over the network. It begins to connect with the first record or tick, and takes records whether the
 * peer is there or not.
 * Throws an OutputError when a file that it needs cannot be used, and the encoder's RangeError.
 */
export function createNetworkOutput(
  name: string,
  encoderOf: (sink: MessageSink) => MessageEncoder,
  options: NetworkOptions,
): MessageOutput {
  const { transport, mayWait, tell, recordsPerSecond = Infinity, surroundings = REAL_SURROUNDINGS } = options;
  const isDatagram = transport === 'udp';
  const spoolOctets = options.spoolOctets ?? (isDatagram && !mayWait ? 0 : SPOOL_OCTETS);
  const reachable = connections(name, options);
  const folder = spoolOctets === 0 ? null : openFolder(name, options);
  try {
    return new MessageOutput(encoderOf, {
      name,
      peers: reachable,
      rules: { ...RULES[transport], recordsPerSecond },
      queueOctets: options.queueOctets ?? QUEUE_OCTETS,
      spool: folder === null ? null : { folder, maxOctets: spoolOctets },
      refresh: isDatagram ? (options.refresh ?? TEMPLATE_REFRESH) : null,
      mayWait,
      lingerMs: options.lingerMs ?? LINGER_MS,
      surroundings,
      tell,
    });
  } catch (error) {
    folder?.close();
    throw error;
  }
}

function openFolder(name: string, { spoolFolder, tell }: NetworkOptions): SpoolFolder {
  if (spoolFolder !== undefined) return new LastingFolder(name, spoolFolder);
  removeAbandonedFolders(tell);
  return new TemporaryFolder(name);
}

/** One line for each kind of transport. */
function connections(name: string, { transport, peers, tls = {}, broker }: NetworkOptions): Peer[] {
  const nameOf = ({ host, port }: HostPort): string => (peers.length === 1 ? name : `${name} (${host}:${port})`);
  switch (transport) {
    case 'udp':
      return peers.map((peer) => ({ connect: (onError) => new UdpTransport(nameOf(peer), { ...peer, onError }) }));
    case 'tcp':
      return peers.map((peer) => ({ connect: () => new TcpTransport(nameOf(peer), peer) }));
    case 'tls': {
      const identity = readTlsIdentity(name, tls);
      return peers.map((peer) => ({ connect: () => new TlsTransport(nameOf(peer), peer, identity) }));
    }
    case 'nats': {
      const { place, create = false, ...rest } = brokerOf(name, 'NATS', tls, broker);
      const options = { ...rest, subject: place, create };
      return peers.map((peer) => ({ connect: () => new NatsTransport(nameOf(peer), { ...options, ...peer }) }));
    }
    case 'redis': {
      const { place, ...rest } = brokerOf(name, 'REDIS', tls, broker);
      const options = { ...rest, stream: place };
      return peers.map((peer) => ({ connect: () => new RedisTransport(nameOf(peer), { ...options, ...peer }) }));
    }
  }
}

/** What transports to servers that store messages have in common. */
function brokerOf(name: string, prefix: 'NATS' | 'REDIS', files: TlsFiles, broker: BrokerOptions | undefined) {
  if (broker === undefined) throw new Error(`${name}: expected what to tell the server`);
  const { user, passwordFile, isEncrypted = false, maxLength, ...rest } = broker;
  const isWanted =
    isEncrypted || [files.ca, files.cert, files.key, files.servername].some((file) => file !== undefined);
  const credentials = readCredentials(name, prefix, { user, passwordFile });
  return { ...rest, maxLength, credentials, tls: isWanted ? readTlsIdentity(name, files) : null };
}
