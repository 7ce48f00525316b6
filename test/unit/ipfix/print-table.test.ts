import { describe, expect, it } from 'vitest';

import { MEASURED_ROWS } from '../../../src/ipfix/print/table.js';
import {
  field,
  flowRecord,
  ip4,
  message,
  optionsTemplateRecord,
  set,
  templateRecord,
  u16,
  u32,
  u64,
  u8,
  variable,
  VARIABLE,
} from './message-builder.js';
import { templates, print, printFlows, icmp, flow6 } from './print-records.js';

describe('the table', () => {
  it('shows both directions of a flow in one row, as wide as the rows need', () => {
    const { text } = printFlows(
      {},
      flowRecord(),
      icmp,
      flowRecord({ protocol: 47, sourcePort: 0, destinationPort: 0 }),
    );
    expect(text).toBe(
      [
        'START (UTC)              DURATION  PROTO     SOURCE          DESTINATION         PACKETS  OCTETS  R-PACKETS  R-OCTETS  FLAGS   R-FLAGS  END',
        '2004-01-01 12:34:56.789     1.234  tcp       10.0.0.1:51234  192.168.100.200:80       10    1500         70     98765  S/FSPA  SA/FPA   end',
        '2004-01-01 12:34:56.789     1.234  icmp 8/0  10.0.0.1        192.168.100.200          10    1500          0         0                   idle',
        '2004-01-01 12:34:56.789     1.234  gre       10.0.0.1        192.168.100.200          10    1500         70     98765                   end',
        '',
      ].join('\n'),
    );
  });

  it('shows IPv6 with ports in brackets, and marks a continuation', () => {
    const { lines } = print({}, message([templates, set(257, flow6)]));
    expect(lines[1]).toBe(
      '2004-01-01 12:34:56.789     1.234  udp    [2001:db8::1]:51234  [2001:db8:1:2:3:4:5:6]:80       10    1500         70     98765                  active+',
    );
  });

  it('leaves cells empty that a record has nothing for', () => {
    const { lines } = print(
      {},
      message([set(2, templateRecord(300, [field(8, 4), field(12, 4)])), set(300, ip4('1.2.3.4'), ip4('5.6.7.8'))]),
    );
    expect(lines[1].trim()).toBe('1.2.3.4  5.6.7.8');
  });

  it('shows the address of one end when the record has no other', () => {
    const source4 = templateRecord(300, [field(8, 4), field(7, 2), field(4, 1)]);
    const destination6 = templateRecord(301, [field(28, 16), field(11, 2), field(4, 1)]);
    const records = message([
      set(2, source4, destination6),
      set(300, ip4('1.2.3.4'), u16(9), u8(17)),
      set(301, u32(0x20010db8), u64(0n), u32(1), u16(53), u8(17)),
    ]);
    const { lines } = print({}, records);
    expect(lines.map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      expect.stringMatching(/^START/),
      'udp 1.2.3.4:9',
      'udp [2001:db8::1]:53',
    ]);
    const { text } = print({ format: 'csv', fields: ['sIP', 'dIP', 'communityId'], sort: 'dIP' }, records);
    expect(text).toBe('sIP,dIP,communityId\n1.2.3.4,,\n,2001:db8::1,\n');
  });

  it('leaves out records without addresses, and tells how many', () => {
    const { text, leftOut } = print(
      {},
      message([set(2, templateRecord(300, [field(82, VARIABLE)])), set(300, variable('x'))]),
    );
    expect([text, leftOut]).toEqual(['', 1]);
  });

  it('settles its widths after the first rows', () => {
    const narrow = flowRecord({ source: ip4('1.1.1.1'), sourcePort: 1 });
    const wide = flowRecord({ source: ip4('200.200.200.200'), sourcePort: 60_000 });
    const batch = message([templates, set(256, ...Array.from({ length: 200 }, () => narrow))]);
    const { lines } = print(
      {},
      ...Array.from({ length: MEASURED_ROWS / 200 }, () => batch),
      message([set(256, wide, narrow)]),
    );
    expect(lines).toHaveLength(MEASURED_ROWS + 3);
    expect(new Set(lines.slice(1, -2)).size).toBe(1);
    expect(lines.at(-1)).toBe(lines[1]);
    expect(lines.at(-2)).toContain('  200.200.200.200:60000  ');
  });

  it('shows the columns that were asked for', () => {
    const { text } = printFlows(
      { fields: ['sip', 'DPORT', 'octetTotalCount', 'reverseOctetTotalCount', 'flags', '9/1', 'sTime'] },
      flowRecord(),
      icmp,
    );
    expect(text).toBe(
      [
        'sIP       dPort  octetTotalCount  reverseOctetTotalCount  flags  9/1  sTime',
        '10.0.0.1     80             1500                   98765  FSPA        2004-01-01T12:34:56.789000Z',
        '10.0.0.1   2048             1500                       0              2004-01-01T12:34:56.789000Z',
        '',
      ].join('\n'),
    );
  });

  it('shows options records in lines of their own', () => {
    const octets = message([
      set(3, optionsTemplateRecord(400, 1, [field(149, 4), field(42, 8)])),
      set(400, u32(9), u64(12)),
      templates,
      set(256, flowRecord()),
    ]);
    expect(print({ options: true }, octets).lines).toEqual([
      expect.stringContaining('START'),
      '# options 400 {"observationDomainId":9,"exportedFlowRecordTotalCount":12}',
      expect.stringContaining('2004-01-01'),
    ]);
    expect(print({}, octets).lines).toHaveLength(2);
  });

  it('finds the TCP flags that YAF puts into a list', () => {
    const fields = [field(8, 4), field(12, 4), field(4, 1), field(293, VARIABLE)];
    const listed = [
      field(184, 4),
      field(14, 1, 6871),
      field(15, 1, 6871),
      field(16_398, 1, 6871),
      field(16_399, 1, 6871),
    ];
    const entry = Buffer.concat([u16(0xc013), u16(12), u32(1), u8(2), u8(0x18), u8(0x12), u8(0x11)]);
    const list = variable(Buffer.concat([u8(3), u16(999), u16(5), u8(0), entry]));
    const { lines } = print(
      {},
      message([
        set(2, templateRecord(300, fields), templateRecord(0xc013, listed)),
        set(300, ip4('1.1.1.1'), ip4('2.2.2.2'), u8(6), list),
      ]),
    );
    expect(lines[1].trim().split(/ {2,}/)).toEqual(['tcp', '1.1.1.1', '2.2.2.2', 'S/PA', 'SA/FA']);
  });
});

describe('times of a flow', () => {
  const start = { seconds: 1_700_000_000, ms: 1_700_000_000_000 };
  const addresses = [field(8, 4), field(12, 4)];
  const times = (fields: ReturnType<typeof field>[], ...content: Buffer[]): string =>
    print(
      { format: 'csv', fields: ['sTime', 'eTime', 'duration'] },
      message([set(2, templateRecord(300, [...addresses, ...fields])), set(300, u32(1), u32(2), ...content)], {
        exportTime: start.seconds + 60,
      }),
    ).lines[1];

  it.each([
    [
      'seconds',
      [field(150, 4), field(151, 4)],
      [u32(start.seconds), u32(start.seconds + 2)],
      '00.000000Z',
      '02.000000Z',
      '2',
    ],
    ['a duration', [field(152, 8), field(161, 4)], [u64(start.ms), u32(1500)], '00.000000Z', '01.500000Z', '1.5'],
    ['an end and a duration', [field(153, 8), field(162, 4)], [u64(start.ms), u32(250_000)], '-', '00.000000Z', '0.25'],
    [
      'µs before the export',
      [field(158, 4), field(159, 4)],
      [u32(60_000_000), u32(1)],
      '00.000000Z',
      '59.999999Z',
      '59.999999',
    ],
    [
      'ms since a start in the record',
      [field(160, 8), field(22, 4), field(21, 4)],
      [u64(start.ms - 500), u32(500), u32(750)],
      '00.000000Z',
      '00.250000Z',
      '0.25',
    ],
  ] as const)('told in %s', (_name, fields, content, from, to, duration) => {
    const [sTime, eTime, seconds] = times([...fields], ...content).split(',');
    expect(sTime).toBe(from === '-' ? '2023-11-14T22:13:19.750000Z' : `2023-11-14T22:13:2${from.slice(1)}`);
    expect(eTime).toMatch(new RegExp(`2023-11-14T22:1[34]:[0-9]${to.slice(1).replace('.', '\\.')}$`));
    expect(seconds).toBe(duration);
  });

  it('told in ms since a start that an options record tells', () => {
    const options = optionsTemplateRecord(400, 1, [field(143, 4), field(160, 8)]);
    const { lines } = print(
      { format: 'csv', fields: ['sTime', 'eTime'] },
      message([
        set(3, options),
        set(400, u32(1), u64(start.ms)),
        set(2, templateRecord(300, [...addresses, field(22, 4), field(21, 4)])),
        set(300, u32(1), u32(2), u32(1000), u32(2001)),
      ]),
    );
    expect(lines[1]).toBe('2023-11-14T22:13:21.000000Z,2023-11-14T22:13:22.001000Z');
  });

  it('not told at all', () => {
    expect(times([])).toBe(',,');
    expect(times([field(22, 4)], u32(5))).toBe(',,');
  });
});
