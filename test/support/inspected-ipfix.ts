import { type FlowFieldOptions, flowFields } from '../../src/export/fields/flow-fields.js';
import { INSPECTION } from '../../src/export/inspection.js';
import { IpfixFile } from '../../src/export/ipfix/ipfix-file.js';
import type { PayloadSettings } from '../../src/dpi/payload-settings.js';
import { readMessages } from '../unit/ipfix/read-messages.js';
import type { Inspection } from './inspect.js';

export interface IpfixOptions {
  readonly profile: string;
  readonly payload?: PayloadSettings | null;
  readonly maxMessageOctets?: number;
  readonly uniflow?: boolean;
  readonly fields?: FlowFieldOptions['fields'];
}

/** IPFIX of flows that are inspected: hand `take` to what inspects. */
export class InspectedIpfix {
  readonly messages: Buffer[] = [];
  readonly file: IpfixFile;

  constructor({ profile, payload = null, fields, ...options }: IpfixOptions) {
    const { uniflow = false } = options;
    const inspected = { labels: true, payload, by: INSPECTION };
    const table = flowFields({ format: 'ipfix', profile, inspected, uniflow, ...(fields ? { fields } : {}) });
    const exporter = { exportingProcessId: 1, exporterIPv4Address: '192.0.2.1' };
    this.file = new IpfixFile(table, { ...options, exporter, clock: () => 1e12 }, (octets, from, to) => {
      this.messages.push(Buffer.from(octets.subarray(from, to)));
    });
  }

  readonly take: NonNullable<Inspection['take']> = (closed) => this.file.write(closed);

  /** Ends the file; all of it. */
  finish(): Buffer {
    this.file.finish(null);
    return Buffer.concat(this.messages);
  }

  /** Ends the file and reads it back: flow records, and what is wrong. */
  read(): { flows: Record<string, unknown>[]; problems: unknown[] } {
    const { records, problems } = readMessages(this.finish());
    return { flows: records.filter((record) => 'protocolIdentifier' in record), problems };
  }
}
