import { BATCH_CAPACITY } from '../../../src/capture/packet-batch.js';
import { BatchDecoder } from '../../../src/decode/decode-batch.js';
import { DecodedBatch, Fact, Size } from '../../../src/decode/decoded-batch.js';
import { Protocol as IpProtocol, Tcp, Udp } from '../../../src/decode/transport/ports.js';
import { W } from '../../../src/flow/flow-record.js';
import { REGISTRY } from '../../../src/dpi/registry.js';
import { eachBatch } from '../captures.js';
import { ALL_TUNNELS, settingsOf } from '../decode.js';
import { allSamples, octetsOf, type Sample } from '../inspect.js';
import { bundled } from '../run-weir.js';

/** What two ends say to each other: the pieces of a stream, or datagrams. */
export interface Conversation {
  readonly name: string;
  readonly isTcp: boolean;
  readonly clientPort: number;
  readonly serverPort: number;
  readonly messages: readonly { readonly isClient: boolean; readonly octets: Uint8Array }[];
}

/** Of a conversation in a capture. */
const MOST_MESSAGES = 40;
const MOST_OCTETS = 48 * 1024;
/** Of one capture. */
const MOST_CONVERSATIONS = 2_000;
const CLIENT_PORT = 40_000;

/** The samples of the unit tests, and what is in the captures among them. */
export async function sampleConversations(): Promise<Conversation[]> {
  const samples = (await allSamples()).map(([, sample]) => sample);
  const captured = samples.flatMap(({ capture }) => (capture === undefined ? [] : [conversationsIn(bundled(capture))]));
  return [...samples.flatMap(conversationOf), ...(await Promise.all(captured)).flat()];
}

function conversationOf({ name, transport, messages, path }: Sample): Conversation[] {
  if (messages === undefined) return [];
  const [serverPort = 9] = REGISTRY.named(path.split('.')[0])?.protocol.ports ?? [];
  const all = messages.map(([from, octets]) => ({ isClient: from === 'client', octets: octetsOf(octets) }));
  return [{ name, isTcp: transport !== 'udp', clientPort: CLIENT_PORT, serverPort, messages: all }];
}

interface Open {
  readonly conversation: Conversation;
  readonly messages: { isClient: boolean; octets: Uint8Array }[];
  octets: number;
  /** Sequence number that comes next in each direction, the client's first; -1 before any. */
  readonly next: [number, number];
}

/** The conversations over TCP and UDP in a capture, outside and inside of tunnels, each up to a bound. */
export async function conversationsIn(file: string): Promise<Conversation[]> {
  const found = [await conversationsThrough(file, []), await conversationsThrough(file, ALL_TUNNELS)].flat();
  const seen = new Set<string>();
  return found.filter(({ clientPort, serverPort, messages }) => {
    const key = `${clientPort} ${serverPort} ${Buffer.from(messages[0].octets).toString('latin1')}`;
    return !seen.has(key) && seen.add(key);
  });
}

async function conversationsThrough(file: string, decap: readonly string[]): Promise<Conversation[]> {
  const decoder = new BatchDecoder(settingsOf({ decap }));
  const decoded = new DecodedBatch(BATCH_CAPACITY);
  const open = new Map<string, Open>();
  await eachBatch(file, (batch) => {
    decoder.decode(batch, 0, batch.count, decoded);
    for (let k = 0; k < decoded.count; k++) addPacket(decoded, k, file, open);
  });
  return [...open.values()].filter(({ messages }) => messages.length > 0).map(({ conversation }) => conversation);
}

function addPacket(decoded: DecodedBatch, k: number, name: string, open: Map<string, Open>): void {
  const { octets, key, facts, payloadLength, transportOffset, end } = decoded;
  const at = k << Size.KeyShift;
  const protocol = key[at + W.Protocol] & 0xff;
  const isTcp = protocol === IpProtocol.Tcp;
  if (!isTcp && protocol !== IpProtocol.Udp) return;
  if (facts[k] & Fact.FragmentLater || (facts[k] & Fact.PortsPresent) === 0 || payloadLength[k] === 0) return;
  const transport = transportOffset[k];
  if (isTcp && end[k] < transport + Tcp.MinHeaderOctets) return;
  const from = transport + (isTcp ? (octets[transport + Tcp.OffsetFlags] >>> 4) << 2 : Udp.HeaderOctets);
  const to = Math.min(end[k], from + payloadLength[k]);
  if (to <= from) return;
  const ports = key[at + W.Ports];
  const [source, destination] = [ports >>> 16, ports & 0xffff];
  const words = (first: number): string => key.subarray(at + first, at + first + 4).join('.');
  const ends = [`${words(W.SourceAddress)} ${source}`, `${words(W.DestinationAddress)} ${destination}`];
  const id = `${protocol} ${ends.toSorted().join(' ')}`;
  let flow = open.get(id);
  if (flow === undefined) {
    if (open.size === MOST_CONVERSATIONS) return;
    const messages: Open['messages'] = [];
    const [clientPort, serverPort] = source < destination ? [destination, source] : [source, destination];
    flow = { conversation: { name, isTcp, clientPort, serverPort, messages }, messages, octets: 0, next: [-1, -1] };
    open.set(id, flow);
  }
  const isClient = source === flow.conversation.clientPort;
  if (flow.messages.length === MOST_MESSAGES || flow.octets > MOST_OCTETS) return;
  if (isTcp) {
    const side = isClient ? 0 : 1;
    const sequence = decoded.view.getUint32(transport + Tcp.Sequence);
    if (flow.next[side] >= 0 && flow.next[side] !== sequence) return;
    flow.next[side] = (sequence + payloadLength[k]) % 2 ** 32;
  }
  flow.messages.push({ isClient, octets: octets.slice(from, to) });
  flow.octets += to - from;
}
