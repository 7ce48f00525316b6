import { createNetworkOutput, type NetworkOptions } from './delivery/network-output.js';
import { OUTPUT_FORMATS } from './output-formats.js';
import type { Output } from './output.js';
import { type OutputDefaults, type OutputRequest, outputRequest } from './output-request.js';
import type { OutputSpec } from './output-spec.js';

/** What one datagram can carry over IPv4. */
const DATAGRAM_OCTETS = 65_507;
const MESSAGE_OCTETS = { udp: 1400, tcp: 65_535, tls: 65_535, nats: 65_535, redis: 65_535 } as const;
/** Templates are sent again after so many messages, too. */
const TEMPLATE_MESSAGES = 1_000;

/** A host that takes messages. */
export type HostTarget = OutputSpec['target'] & { readonly kind: keyof typeof MESSAGE_OCTETS };

/** Opens an output over the network. It is there at once, whether its peer is or not. */
export function openNetwork(request: OutputRequest): Promise<Output> {
  return Promise.resolve(networkOutput(request, [hostOf(request.spec)]));
}

/**
 * Members of a failover list that differ in nothing but the host share one queue: what waits when one goes down is sent to
 * the next. null when they differ in more.
 */
export function openInTurn(name: string, members: readonly OutputSpec[], defaults: OutputDefaults): Output | null {
  const [first, ...others] = members.map(withoutHost);
  if (!isHost(members[0]) || others.some((other) => other !== first)) return null;
  return networkOutput(outputRequest({ ...members[0], text: name }, defaults), members.map(hostOf));
}

function withoutHost({ format, target, options }: OutputSpec): string {
  return JSON.stringify([format, { ...target, host: '', port: 0 }, options]);
}

function isHost({ target }: OutputSpec): boolean {
  return Object.hasOwn(MESSAGE_OCTETS, target.kind);
}

function hostOf(spec: OutputSpec): HostTarget {
  if (isHost(spec)) return spec.target as HostTarget;
  throw new Error(`${spec.text}: a host was expected`);
}

function networkOutput(request: OutputRequest, targets: readonly HostTarget[]): Output {
  const { spec, defaults } = request;
  const { options, format } = spec;
  const { kind } = targets[0];
  const messages = OUTPUT_FORMATS[format]?.messages;
  if (messages === undefined || messages === null) {
    const able = Object.entries(OUTPUT_FORMATS).filter(([, each]) => each.messages !== null);
    throw new RangeError(
      `cannot send ${format} over ${kind}, expected one of ${able.map(([name]) => name).join(', ')}`,
    );
  }
  const { ca, cert, key, servername, templates, messageSize = MESSAGE_OCTETS[kind] } = options;
  if (kind === 'udp' && messageSize > DATAGRAM_OCTETS) {
    throw new RangeError(`option message-size '${messageSize}': expected at most ${DATAGRAM_OCTETS} with udp`);
  }
  return createNetworkOutput(spec.text, (sink) => messages(request, sink, messageSize), {
    transport: kind,
    peers: targets,
    queueOctets: options.queue,
    spoolFolder: options.spool,
    spoolOctets: options.spoolLimit,
    recordsPerSecond: options.rate,
    refresh: templates === undefined ? undefined : { ms: templates, messages: TEMPLATE_MESSAGES },
    tls: { ca, cert, key, servername },
    ...brokerOptions(spec, messageSize),
    mayWait: defaults.isReplay ?? false,
    tell: defaults.warn ?? (() => undefined),
  });
}

function brokerOptions({ target, options }: OutputSpec, maxMessageOctets: number): Pick<NetworkOptions, 'broker'> {
  if (target.kind !== 'nats' && target.kind !== 'redis') return {};
  const { create, maxLength, user, passwordFile, tls: isEncrypted = false } = options;
  if (target.kind === 'nats' && maxLength !== undefined && create !== true) {
    throw new RangeError(
      'option max-length: expected create as well: the limits of a stream are given when it is made',
    );
  }
  const place = target.kind === 'nats' ? target.subject : target.stream;
  return { broker: { place, create, maxLength, user, passwordFile, isEncrypted, maxMessageOctets } };
}
