/** A small reader of NetFlow v5 and v9 messages, strict, for tests alone. Values are hexadecimal octets by field type. */

export interface NetflowHeader {
  readonly version: number;
  readonly count: number;
  readonly uptimeMs: number;
  readonly seconds: number;
  readonly sequence: number;
  /** Source id of v9, engine type and id of v5. */
  readonly source: number;
}

export interface NetflowRecord {
  readonly header: NetflowHeader;
  readonly templateId: number;
  /** Scope fields and others of an options record. */
  readonly isOptions: boolean;
  readonly values: ReadonlyMap<number, Buffer>;
}

export interface Netflow9Message {
  readonly header: NetflowHeader;
  readonly templates: readonly number[];
  readonly records: readonly NetflowRecord[];
}

interface Template {
  readonly isOptions: boolean;
  readonly fields: readonly { readonly type: number; readonly octets: number }[];
}

const V9_HEADER_OCTETS = 20;
const FIRST_DATA_ID = 256;

/** Reads the messages of one source; an Error when one is not as RFC 3954 says or needs a Template that was not there. */
export class Netflow9Reader {
  readonly #templates = new Map<number, Template>();

  read(message: Buffer): Netflow9Message {
    const header: NetflowHeader = {
      version: message.readUInt16BE(0),
      count: message.readUInt16BE(2),
      uptimeMs: message.readUInt32BE(4),
      seconds: message.readUInt32BE(8),
      sequence: message.readUInt32BE(12),
      source: message.readUInt32BE(16),
    };
    const templates: number[] = [];
    const records: NetflowRecord[] = [];
    require(header.version === 9, 'version');
    let at = V9_HEADER_OCTETS;
    while (at < message.length) {
      const id = message.readUInt16BE(at);
      const length = message.readUInt16BE(at + 2);
      require(length > 4 && length % 4 === 0 && at + length <= message.length, `FlowSet length ${length}`);
      const body = message.subarray(at + 4, at + length);
      if (id === 0) templates.push(...this.#readTemplates(body));
      else if (id === 1) templates.push(this.#readOptionsTemplate(body));
      else records.push(...this.#readData(id, body, header));
      at += length;
    }
    require(header.count === templates.length + records.length, `count ${header.count}`);
    return { header, templates, records };
  }

  #readTemplates(body: Buffer): number[] {
    const ids: number[] = [];
    let at = 0;
    while (body.length - at >= 4) {
      const id = body.readUInt16BE(at);
      const count = body.readUInt16BE(at + 2);
      this.#define(id, { isOptions: false, fields: specifiers(body.subarray(at + 4, at + 4 + 4 * count)) });
      ids.push(id);
      at += 4 + 4 * count;
    }
    requirePadding(body.subarray(at));
    return ids;
  }

  #readOptionsTemplate(body: Buffer): number {
    const id = body.readUInt16BE(0);
    const end = 6 + body.readUInt16BE(2) + body.readUInt16BE(4);
    this.#define(id, { isOptions: true, fields: specifiers(body.subarray(6, end)) });
    requirePadding(body.subarray(end));
    return id;
  }

  #define(id: number, template: Template): void {
    require(id >= FIRST_DATA_ID, `template id ${id}`);
    const known = this.#templates.get(id);
    require(known === undefined || JSON.stringify(known) === JSON.stringify(template), `template ${id} changed`);
    this.#templates.set(id, template);
  }

  #readData(id: number, body: Buffer, header: NetflowHeader): NetflowRecord[] {
    const template = this.#templates.get(id);
    if (template === undefined) throw new Error(`no template ${id}`);
    const { fields, isOptions } = template;
    const octets = fields.reduce((sum, field) => sum + field.octets, 0);
    const records: NetflowRecord[] = [];
    let at = 0;
    for (; body.length - at >= octets;) {
      const values = new Map<number, Buffer>();
      for (const field of fields) {
        require(!values.has(field.type), `type ${field.type} twice`);
        values.set(field.type, body.subarray(at, at + field.octets));
        at += field.octets;
      }
      records.push({ header, templateId: id, isOptions, values });
    }
    requirePadding(body.subarray(at));
    return records;
  }
}

export interface Netflow5Message {
  readonly header: NetflowHeader;
  readonly nanoseconds: number;
  readonly sampling: number;
  readonly records: readonly Netflow5Record[];
}

export interface Netflow5Record {
  readonly source: string;
  readonly destination: string;
  readonly input: number;
  readonly packets: number;
  readonly octets: number;
  readonly first: number;
  readonly last: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly flags: number;
  readonly protocol: number;
  readonly service: number;
}

const V5_HEADER_OCTETS = 24;
const V5_RECORD_OCTETS = 48;

export function readNetflow5(message: Buffer): Netflow5Message {
  const header: NetflowHeader = {
    version: message.readUInt16BE(0),
    count: message.readUInt16BE(2),
    uptimeMs: message.readUInt32BE(4),
    seconds: message.readUInt32BE(8),
    sequence: message.readUInt32BE(16),
    source: message.readUInt16BE(20),
  };
  require(header.version === 5, 'version');
  require(header.count >= 1 && header.count <= 30, `count ${header.count}`);
  require(message.length === V5_HEADER_OCTETS + header.count * V5_RECORD_OCTETS, `length ${message.length}`);
  const records = Array.from({ length: header.count }, (_, n) => {
    const at = V5_HEADER_OCTETS + n * V5_RECORD_OCTETS;
    return netflow5Record(message.subarray(at, at + V5_RECORD_OCTETS));
  });
  return { header, nanoseconds: message.readUInt32BE(12), sampling: message.readUInt16BE(22), records };
}

function netflow5Record(record: Buffer): Netflow5Record {
  for (const [from, to] of [
    [8, 12],
    [14, 16],
    [36, 37],
    [40, 48],
  ]) {
    require(record.subarray(from, to).every((octet) => octet === 0), `octets ${from} to ${to} of a record`);
  }
  return {
    source: record.subarray(0, 4).join('.'),
    destination: record.subarray(4, 8).join('.'),
    input: record.readUInt16BE(12),
    packets: record.readUInt32BE(16),
    octets: record.readUInt32BE(20),
    first: record.readUInt32BE(24),
    last: record.readUInt32BE(28),
    sourcePort: record.readUInt16BE(32),
    destinationPort: record.readUInt16BE(34),
    flags: record[37],
    protocol: record[38],
    service: record[39],
  };
}

function specifiers(octets: Buffer): Template['fields'] {
  return Array.from({ length: octets.length / 4 }, (_, n) => ({
    type: octets.readUInt16BE(4 * n),
    octets: octets.readUInt16BE(4 * n + 2),
  }));
}

function requirePadding(rest: Buffer): void {
  require(rest.length < 4 && rest.every((octet) => octet === 0), `padding ${rest.toString('hex')}`);
}

function require(holds: boolean, what: string): void {
  if (!holds) throw new Error(`NetFlow message: ${what}`);
}
