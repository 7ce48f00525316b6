import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { Configuration } from '../config/configuration.js';
import { replaySettings } from '../config/replay-settings.js';
import { DEFAULT_DPI_MEMORY_OCTETS, type DpiSettings } from '../dpi/dpi-settings.js';
import { CONFIDENCE_NAMES } from '../dpi/flow-state.js';
import { type Protocol, Transport } from '../dpi/protocol.js';
import { REGISTRY } from '../dpi/registry.js';
import { flowFields } from '../export/fields/flow-fields.js';
import { RecordText } from '../export/text/record-text.js';
import type { Sink } from '../export/file/sink.js';
import { SinkOutput } from '../export/file/sink-output.js';
import { JSON_LINES } from '../export/text/text-style.js';
import { createTell } from '../observe/log.js';
import { Replay } from '../sensor/replay.js';

const TRANSPORTS: Readonly<Record<Transport, string>> = {
  [Transport.Tcp]: 'tcp',
  [Transport.Udp]: 'udp',
  [Transport.Both]: 'tcp, udp',
};

interface LabelsArguments {
  action: 'test' | undefined;
  file: string | undefined;
}

export const labelsCommand: CommandModule<object, LabelsArguments> = {
  command: 'labels [action] [file]',
  describe: 'List the application labels, or test them on a capture',
  builder: (yargs: Argv) =>
    yargs
      .positional('action', {
        describe: "'test': tell why each flow of a capture got its label",
        choices: ['test'] as const,
      })
      .positional('file', { describe: 'The capture', type: 'string' })
      .check((argv) => {
        if (argv.action === 'test' && argv.file === undefined) throw new Error('labels test: name a capture');
        return true;
      })
      .example('$0 labels test day.pcap', 'the evidence for each label'),
  handler: async ({ file }: ArgumentsCamelCase<LabelsArguments>) => {
    if (file === undefined) process.stdout.write(labelsText());
    else process.exitCode = await testLabels(file);
  },
};

/** Every protocol: name, number, transports, how it is recognised, and what is taken from it. */
function labelsText(): string {
  return REGISTRY.all.map(({ protocol, label }) => protocolText(protocol, label)).join('');
}

function protocolText(protocol: Protocol, label: number): string {
  const { name, title, transports, ports, evidence, elements = [], refines = [] } = protocol;
  const lines = [`${name} ${label} (${TRANSPORTS[transports]}): ${title}`, `  recognised by ${evidence}`];
  if (ports.length > 0) lines.push(`  tried first on ports ${ports.join(', ')}`);
  if (refines.length > 0) lines.push(`  refined to ${refines.join(', ')}`);
  if (elements.length > 0) {
    const names = elements.map((each) => `${each.within === undefined ? '' : `${each.within}.`}${each.name}`);
    lines.push(`  metadata: ${names.join(', ')}`);
  }
  return `${lines.join('\n')}\n`;
}

interface Step {
  readonly protocol: number;
  readonly confidence: number;
  readonly packet: number;
  readonly direction: number;
  readonly octets?: string;
}

interface TestedFlow {
  readonly sourceIPv4Address?: string;
  readonly sourceIPv6Address?: string;
  readonly destinationIPv4Address?: string;
  readonly destinationIPv6Address?: string;
  readonly sourceTransportPort: number;
  readonly destinationTransportPort: number;
  readonly protocolIdentifier: number;
  readonly applicationPath?: string;
  readonly evidence?: { readonly steps: readonly Step[] };
}

/** Takes the records as JSON lines and shows them. */
class FlowLines implements Sink {
  readonly isFull = false;
  safeOctets = 0;

  /** Whole lines, as `RecordText` hands them over. */
  write(octets: Uint8Array, from: number, to: number): void {
    const lines = Buffer.from(octets.subarray(from, to)).toString().split('\n');
    for (const line of lines) if (line !== '') process.stdout.write(flowText(JSON.parse(line) as TestedFlow));
    this.safeOctets += to - from;
  }

  flush(): void {
    return;
  }

  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  closeNow(): boolean {
    return true;
  }
}

/** Meters the capture and tells the evidence; resolves to the exit code. */
async function testLabels(file: string): Promise<number> {
  const dpi: DpiSettings = {
    metadata: [],
    memoryOctets: DEFAULT_DPI_MEMORY_OCTETS,
    labelByPort: false,
    secrets: false,
    explain: true,
  };
  const table = flowFields({ dpi: true });
  const sink = new FlowLines();
  const output = new SinkOutput('labels', (write) => new RecordText(table, false, JSON_LINES, write), sink, false);
  const settings = { ...replaySettings(new Configuration([]), 1), inputs: [file], dpi };
  const tell = createTell('labels', 'text');
  const statistics = await new Replay(settings, [output], { warn: tell, progress: () => undefined }).run();
  return statistics.inputs.faults.length === 0 ? 0 : 1;
}

function flowText(flow: TestedFlow): string {
  const source = flow.sourceIPv4Address ?? `[${flow.sourceIPv6Address}]`;
  const destination = flow.destinationIPv4Address ?? `[${flow.destinationIPv6Address}]`;
  const ends = `${source}:${flow.sourceTransportPort} > ${destination}:${flow.destinationTransportPort}`;
  const steps = (flow.evidence?.steps ?? []).map(
    ({ protocol, confidence, packet, direction, octets = '' }) =>
      `  ${REGISTRY.all[protocol].protocol.name}: ${CONFIDENCE_NAMES[confidence]}, packet ${packet}, ` +
      `${direction === 0 ? 'forward' : 'reverse'}, octets ${octets} ${printable(octets)}\n`,
  );
  return `${ends} protocol ${flow.protocolIdentifier}: ${flow.applicationPath ?? 'no label'}\n${steps.join('')}`;
}

function printable(hex: string): string {
  return Buffer.from(hex, 'hex')
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '.');
}
