import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { Configuration } from '../config/configuration.js';
import { replaySettings } from '../config/replay-settings.js';
import { DEFAULT_DPI_MEMORY_OCTETS, type DpiSettings } from '../dpi/dpi-settings.js';
import { labelNumbers } from '../config/labels/compile-rules.js';
import type { LabelRule } from '../config/labels/label-rule.js';
import { BASIS_NAMES, CONFIDENCE_NAMES } from '../dpi/flow-state.js';
import { type Protocol, Transport } from '../dpi/protocol.js';
import { REGISTRY } from '../dpi/registry.js';
import { flowFields } from '../export/fields/flow-fields.js';
import { RecordText } from '../export/text/record-text.js';
import type { Sink } from '../export/file/sink.js';
import { SinkOutput } from '../export/file/sink-output.js';
import { JSON_LINES } from '../export/text/text-style.js';
import { createTell } from '../observe/log.js';
import { InterfaceTable } from '../capture/interface-table.js';
import { inspectedBy, loadInspection } from '../sensor/inspection.js';
import { Replay } from '../sensor/replay.js';
import { type LabelRules, readLabelRules } from './label-rules.js';
import { UsageError } from './usage-error.js';

const TRANSPORTS: Readonly<Record<Transport, string>> = {
  [Transport.Tcp]: 'tcp',
  [Transport.Udp]: 'udp',
  [Transport.Both]: 'tcp, udp',
};

interface LabelsArguments {
  action: 'test' | 'check' | undefined;
  file: string | undefined;
  labels: string[];
  'label-by-port': boolean;
}

export const labelsCommand: CommandModule<object, LabelsArguments> = {
  command: 'labels [action] [file]',
  describe: 'List the application labels, test them on a capture, or check a file of rules',
  builder: (yargs: Argv) =>
    yargs
      .positional('action', {
        describe:
          "'test': tell why each flow of a capture got its label; 'check': say what is wrong with a file of rules",
        choices: ['test', 'check'] as const,
      })
      .positional('file', { describe: 'The capture, or the file of rules', type: 'string' })
      .option('labels', {
        describe: "Files of rules, 'default' or 'none'; repeat it for several",
        type: 'string',
        array: true,
        requiresArg: true,
        default: ['default'],
      })
      .option('label-by-port', { describe: 'Label unknown flows by their port', type: 'boolean', default: false })
      .parserConfiguration({ 'greedy-arrays': false })
      .check((argv) => {
        if (argv.action === 'test' && argv.file === undefined) throw new Error('labels test: name a capture');
        if (argv.action === 'check' && argv.file === undefined) throw new Error('labels check: name a file of rules');
        return true;
      })
      .example('$0 labels test day.pcap', 'the evidence for each label')
      .example('$0 labels check mine.yaml', 'what is wrong with these rules'),
  handler: async ({ action, file = '', labels, 'label-by-port': labelByPort }: ArgumentsCamelCase<LabelsArguments>) => {
    if (action === 'check') process.exitCode = await checkRules(file);
    else if (action === 'test') process.exitCode = await testLabels(file, await readLabelRules(labels), labelByPort);
    else process.stdout.write(labelsText() + rulesText(await readLabelRules(labels)));
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

/** Every rule: label, number, what it asks for, and where it stands. */
function rulesText(labels: LabelRules | null): string {
  if (labels === null) return '';
  const numbers = labelNumbers(labels.rules);
  const texts = labels.rules.map((rule) => {
    const conditions = conditionTexts(rule).map((text) => `  ${text}\n`);
    const title = rule.title === '' ? '' : `: ${rule.title}`;
    return `${rule.name} ${numbers.get(rule.name) ?? 0} (rule, ${rule.place})${title}\n${conditions.join('')}`;
  });
  return texts.join('');
}

function conditionTexts({ expression, hosts, networks, ports, prefixes, side }: LabelRule): string[] {
  const whose = side === 'either' ? 'either side' : `the ${side}`;
  const ranges = ports.map(({ transport, low, high }) => {
    return `${transport === 'both' ? '' : `${transport}/`}${low}${low === high ? '' : `-${high}`}`;
  });
  return [
    ...(hosts.length > 0 ? [`hosts ${hosts.join(', ')}`] : []),
    ...(networks.length > 0 ? [`an address in ${counted(networks.length, 'network')}`] : []),
    ...(ports.length > 0 ? [`ports ${ranges.join(', ')}`] : []),
    ...prefixes.map(({ at, octets }) => `octets ${Buffer.from(octets).toString('hex')} at ${at} from ${whose}`),
    ...(expression === null ? [] : [`payload of ${whose} matches ${expression.source}`]),
  ];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** Sets out what is wrong with a file of rules; answers the exit code. */
async function checkRules(file: string): Promise<number> {
  try {
    const { rules } = (await readLabelRules([file])) ?? { rules: [] };
    const names = new Set(rules.map(({ name }) => name));
    process.stdout.write(`${file}: no fault; ${counted(rules.length, 'rule')} for ${counted(names.size, 'label')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

interface Step {
  readonly protocol?: number;
  readonly confidence?: number;
  readonly packet?: number;
  readonly direction?: number;
  readonly octets?: string;
  readonly rule?: number;
  readonly basis?: number;
  readonly host?: string;
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

  constructor(private readonly labels: LabelRules | null) {}

  /** Whole lines, as `RecordText` hands them over. */
  write(octets: Uint8Array, from: number, to: number): void {
    const lines = Buffer.from(octets.subarray(from, to)).toString().split('\n');
    for (const line of lines) {
      if (line !== '') process.stdout.write(flowText(JSON.parse(line) as TestedFlow, this.labels));
    }
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
async function testLabels(file: string, labels: LabelRules | null, labelByPort: boolean): Promise<number> {
  const dpi: DpiSettings = {
    metadata: [],
    memoryOctets: DEFAULT_DPI_MEMORY_OCTETS,
    labelByPort,
    secrets: false,
    explain: true,
    rules: labels?.tables ?? null,
  };
  const inspection = await loadInspection({ dpi });
  const table = flowFields({ inspected: inspectedBy(inspection, { dpi }) });
  const sink = new FlowLines(labels);
  const output = new SinkOutput('labels', (write) => new RecordText(table, false, JSON_LINES, write), sink, false);
  const settings = { ...replaySettings(new Configuration([]), 1), inputs: [file], dpi };
  const tell = await createTell('labels', 'text');
  const observer = { warn: tell, progress: () => undefined };
  const replay = await Replay.create(settings, [output], observer, new InterfaceTable(), inspection);
  const statistics = await replay.run();
  return statistics.inputs.faults.length === 0 ? 0 : 1;
}

function flowText(flow: TestedFlow, labels: LabelRules | null): string {
  const source = flow.sourceIPv4Address ?? `[${flow.sourceIPv6Address}]`;
  const destination = flow.destinationIPv4Address ?? `[${flow.destinationIPv6Address}]`;
  const ends = `${source}:${flow.sourceTransportPort} > ${destination}:${flow.destinationTransportPort}`;
  const steps = (flow.evidence?.steps ?? []).map((step) =>
    step.rule === undefined ? stepText(step) : ruleText(step, labels),
  );
  return `${ends} protocol ${flow.protocolIdentifier}: ${flow.applicationPath ?? 'no label'}\n${steps.join('')}`;
}

function stepText({ protocol = 0, confidence = 0, packet, direction, octets = '' }: Step): string {
  return (
    `  ${REGISTRY.all[protocol].protocol.name}: ${CONFIDENCE_NAMES[confidence]}, packet ${packet}, ` +
    `${direction === 0 ? 'forward' : 'reverse'}, octets ${octets} ${printable(octets)}\n`
  );
}

function ruleText({ rule = 0, basis = 0, packet, octets, host }: Step, labels: LabelRules | null): string {
  const { name = '', place = '' } = labels?.rules[rule] ?? {};
  const when = packet === undefined ? '' : `, packet ${packet}`;
  const what = host === undefined ? '' : ` ${host}`;
  const seen = octets === undefined ? '' : `, octets ${octets} ${printable(octets)}`;
  return `  ${name}: rule of ${place}, by ${BASIS_NAMES[basis]}${what}${when}${seen}\n`;
}

function printable(hex: string): string {
  return Buffer.from(hex, 'hex')
    .toString('latin1')
    .replaceAll(/[^ -~]/g, '.');
}
