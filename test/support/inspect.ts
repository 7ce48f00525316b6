import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import type { PacketBatch } from '../../src/capture/packet-batch.js';
import { DEFAULT_DECAP } from '../../src/decode/decode-settings.js';
import { TUNNELS } from '../../src/decode/tunnel/tunnels.js';
import type { DpiSettings } from '../../src/dpi/dpi-settings.js';
import type { PayloadSettings } from '../../src/dpi/payload-settings.js';
import { REGISTRY } from '../../src/dpi/registry.js';
import { flowFields } from '../../src/export/fields/flow-fields.js';
import { INSPECTION } from '../../src/export/inspection.js';
import { RecordText } from '../../src/export/text/record-text.js';
import { JSON_LINES } from '../../src/export/text/text-style.js';
import type { ClosedFlows } from '../../src/flow/closed-flows.js';
import * as PARTS from '../../src/sensor/inspection-parts.js';
import { Metering } from '../../src/sensor/metering.js';
import { eachBatch } from './captures.js';
import { batchOf, type Frame, settingsOf } from './decode.js';
import { ethernet } from './link-frames.js';
import { data, ipv4, tcp, udp } from './packets.js';
import { bundled } from './run-weir.js';

/** Octets that one side sends: a message of TCP, a datagram of UDP. Text is taken as Latin-1. */
export type Message = readonly [from: 'client' | 'server', octets: Uint8Array | string];

/** A protocol's sample: a conversation, or a capture that comes with the project, and what inspection makes of it. */
export interface Sample {
  readonly name: string;
  readonly transport?: 'tcp' | 'udp';
  readonly messages?: readonly Message[];
  /** Name of a bundled capture. */
  readonly capture?: string;
  /** The label path of the first flow. */
  readonly path: string;
  /** Metadata of the first flow: what stands here must be in it. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** It is recognised on its ports only, and why. */
  readonly needsPort?: string;
}

export interface InspectedFlow extends Readonly<Record<string, unknown>> {
  readonly applicationName?: string;
  readonly applicationPath?: string;
}

const FOLDER = fileURLToPath(new URL('../unit/dpi/samples', import.meta.url));

/** All samples, by the file that they stand in. */
export async function allSamples(): Promise<readonly (readonly [file: string, sample: Sample])[]> {
  const lists = fs
    .readdirSync(FOLDER)
    .sort()
    .map(async (file) => {
      const { samples } = (await import(path.join(FOLDER, file))) as { samples: readonly Sample[] };
      return samples.map((sample) => [path.parse(file).name, sample] as const);
    });
  return (await Promise.all(lists)).flat();
}

export const EVERYTHING: DpiSettings = {
  metadata: REGISTRY.all.map(({ protocol }) => protocol.name),
  memoryOctets: 16 * 1024 * 1024,
  labelByPort: false,
  secrets: false,
  explain: false,
};

/** What runs beside the meters, and who takes the blocks of closed flows. */
export interface Inspection extends Partial<DpiSettings> {
  readonly payload?: PayloadSettings | null;
  /** Takes each block, too. */
  readonly take?: (closed: ClosedFlows) => void;
}

/** Meters the batches that `feed` gives, with inspection; the records as JSON. */
async function inspectBatches(
  feed: (take: (batch: PacketBatch) => void) => void | Promise<void>,
  decap: readonly string[],
  { payload = null, take, ...settings }: Inspection,
): Promise<InspectedFlow[]> {
  let text = '';
  const table = flowFields({ inspected: { labels: true, payload, by: INSPECTION } });
  const encoder = new RecordText(table, false, JSON_LINES, (octets, from, to) => {
    text += Buffer.from(octets.subarray(from, to)).toString();
  });
  const metering = new Metering(
    {
      decode: settingsOf({ decap, answers: settings.rules?.hasHosts ?? false }),
      idleTimeoutUs: 30e6,
      activeTimeoutUs: 1_800e6,
      maxFlows: 1_000,
      dpi: { ...EVERYTHING, ...settings },
      payload,
    },
    (closed) => {
      encoder.write(closed);
      take?.(closed);
    },
    PARTS,
  );
  await feed((batch) => metering.process(batch));
  await metering.finish();
  encoder.finish();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as InspectedFlow);
}

/** Inspects frames as one batch. */
export function inspectFrames(frames: readonly Frame[], settings: Inspection = {}): Promise<InspectedFlow[]> {
  return inspectBatches((take) => take(batchOf(frames)), DEFAULT_DECAP, settings);
}

/** Inspects a capture, and what is in its tunnels. */
export function inspectCapture(file: string, settings: Inspection = {}): Promise<InspectedFlow[]> {
  return inspectBatches((take) => eachBatch(file, take), Object.keys(TUNNELS), settings);
}

/** Inspects a sample, on the ports given when it is a conversation. */
export function inspectSample(
  sample: Sample,
  options: ConversationOptions = {},
  settings: Inspection = {},
): Promise<InspectedFlow[]> {
  const { capture, messages = [], transport } = sample;
  if (capture !== undefined) return inspectCapture(bundled(capture), settings);
  return inspectFrames(transport === 'udp' ? udpFrames(messages, options) : tcpFrames(messages, options), settings);
}

export interface ConversationOptions {
  readonly clientPort?: number;
  readonly serverPort?: number;
  /** Octets of a TCP segment at most. */
  readonly segment?: number;
  /** Without the handshake: the capture begins in the middle. */
  readonly midStream?: boolean;
}

export function octetsOf(message: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return typeof message === 'string' ? Uint8Array.from(Buffer.from(message, 'latin1')) : Uint8Array.from(message);
}

/** A conversation over UDP. */
export function udpFrames(
  messages: readonly Message[],
  { clientPort = 40_000, serverPort = 9 }: ConversationOptions = {},
): Frame[] {
  return messages.map(([from, message]) => {
    const isClient = from === 'client';
    const ports = isClient ? { sport: clientPort, dport: serverPort } : { sport: serverPort, dport: clientPort };
    return ethernet(ipv4(ends(isClient), udp(ports, data(octetsOf(message)))));
  });
}

/** A conversation over TCP, with its handshake. */
export function tcpFrames(
  messages: readonly Message[],
  { clientPort = 40_000, serverPort = 9, segment = 1_460, midStream = false }: ConversationOptions = {},
): Frame[] {
  const next = { client: 1_000, server: 0xffff_ff00 };
  const frames: Frame[] = [];
  const send = (from: 'client' | 'server', flags: number, octets: Uint8Array): void => {
    const isClient = from === 'client';
    const ports = isClient ? { sport: clientPort, dport: serverPort } : { sport: serverPort, dport: clientPort };
    frames.push(ethernet(ipv4(ends(isClient), tcp({ ...ports, flags, sequence: next[from] }, data(octets)))));
    next[from] = (next[from] + octets.length + (flags & 2 ? 1 : 0)) % 0x1_0000_0000;
  };
  if (!midStream) {
    send('client', 0x02, new Uint8Array(0));
    send('server', 0x12, new Uint8Array(0));
    send('client', 0x10, new Uint8Array(0));
  }
  for (const [from, message] of messages) {
    const octets = octetsOf(message);
    for (let at = 0; at < octets.length; at += segment) send(from, 0x18, octets.slice(at, at + segment));
  }
  return frames;
}

function ends(isClient: boolean): { src: string; dst: string } {
  return isClient ? { src: '10.0.0.1', dst: '10.0.0.2' } : { src: '10.0.0.2', dst: '10.0.0.1' };
}
