/** A field specifier of a Template: `length` 65,535 announces a variable length. */
export interface FieldSpecifier {
  readonly id: number;
  readonly length: number;
  readonly pen?: number;
}

export const VARIABLE = 0xffff;

export function field(id: number, length: number, pen = 0): FieldSpecifier {
  return { id, length, pen };
}

export function u8(value: number): Buffer {
  return Buffer.from([value]);
}

export function u16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
}

export function u32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value >>> 0);
  return octets;
}

export function u64(value: number | bigint): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt(value));
  return octets;
}

export function ip4(text: string): Buffer {
  return Buffer.from(text.split('.').map(Number));
}

/** Eight groups of hexadecimal digits, written out. */
export function ip6(text: string): Buffer {
  return Buffer.concat(text.split(':').map((group) => u16(parseInt(group, 16))));
}

/** NTP timestamp of a time in s since 1970 and a fraction in units of 2^-32 s. */
export function ntp(seconds: number, fraction: number): Buffer {
  return Buffer.concat([u32(seconds + 2_208_988_800), u32(fraction)]);
}

/** A variable-length value with its length in one octet, or in three when it must or `isLong` asks for it. */
export function variable(content: Buffer | string, isLong = false): Buffer {
  const octets = Buffer.from(content);
  if (octets.length < 255 && !isLong) return Buffer.concat([u8(octets.length), octets]);
  return Buffer.concat([u8(255), u16(octets.length), octets]);
}

export function set(id: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([u16(id), u16(content.length + 4), content]);
}

export function specifier({ id, length, pen = 0 }: FieldSpecifier): Buffer {
  return pen === 0 ? Buffer.concat([u16(id), u16(length)]) : Buffer.concat([u16(id | 0x8000), u16(length), u32(pen)]);
}

export function templateRecord(id: number, fields: readonly FieldSpecifier[]): Buffer {
  return Buffer.concat([u16(id), u16(fields.length), ...fields.map(specifier)]);
}

export function optionsTemplateRecord(id: number, scopeFieldCount: number, fields: readonly FieldSpecifier[]): Buffer {
  return Buffer.concat([u16(id), u16(fields.length), u16(scopeFieldCount), ...fields.map(specifier)]);
}

export interface HeaderFields {
  readonly sequence?: number;
  readonly domain?: number;
  readonly exportTime?: number;
}

export function message(
  sets: readonly Buffer[],
  { sequence = 0, domain = 0, exportTime = 0 }: HeaderFields = {},
): Buffer {
  const content = Buffer.concat(sets);
  return Buffer.concat([u16(10), u16(content.length + 16), u32(exportTime), u32(sequence), u32(domain), content]);
}

/** The fields of weir's and YAF's flow records that the tests need most, IPv4 and biflow. */
export const FLOW_FIELDS: readonly FieldSpecifier[] = [
  field(152, 8),
  field(153, 8),
  field(85, 8),
  field(85, 8, 29305),
  field(86, 8),
  field(86, 8, 29305),
  field(8, 4),
  field(12, 4),
  field(7, 2),
  field(11, 2),
  field(4, 1),
  field(136, 1),
  field(21, 4, 6871),
  field(14, 1, 6871),
  field(15, 1, 6871),
  field(14 | 0x4000, 1, 6871),
  field(15 | 0x4000, 1, 6871),
];

export interface TestFlow {
  readonly start: number;
  readonly end: number;
  readonly octets: number;
  readonly reverseOctets: number;
  readonly packets: number;
  readonly reversePackets: number;
  readonly source: Buffer;
  readonly destination: Buffer;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly endReason: number;
  readonly reverseDelta: number;
  readonly flags: readonly [initial: number, union: number, reverseInitial: number, reverseUnion: number];
}

export const TEST_FLOW: TestFlow = {
  start: Date.UTC(2004, 0, 1, 12, 34, 56, 789),
  end: Date.UTC(2004, 0, 1, 12, 34, 58, 23),
  octets: 1500,
  reverseOctets: 98_765,
  packets: 10,
  reversePackets: 70,
  source: ip4('10.0.0.1'),
  destination: ip4('192.168.100.200'),
  sourcePort: 51_234,
  destinationPort: 80,
  protocol: 6,
  endReason: 3,
  reverseDelta: 12,
  flags: [0x02, 0x1b, 0x12, 0x19],
};

export function flowRecord(changes: Partial<TestFlow> = {}): Buffer {
  const flow = { ...TEST_FLOW, ...changes };
  return Buffer.concat([
    u64(flow.start),
    u64(flow.end),
    u64(flow.octets),
    u64(flow.reverseOctets),
    u64(flow.packets),
    u64(flow.reversePackets),
    flow.source,
    flow.destination,
    u16(flow.sourcePort),
    u16(flow.destinationPort),
    u8(flow.protocol),
    u8(flow.endReason),
    u32(flow.reverseDelta),
    ...flow.flags.map(u8),
  ]);
}

/** The same template with IPv6 addresses. */
export const FLOW6_FIELDS: readonly FieldSpecifier[] = FLOW_FIELDS.map((specified) =>
  specified.id === 8 ? field(27, 16) : specified.id === 12 ? field(28, 16) : specified,
);
