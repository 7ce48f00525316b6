import { describe, expect, it } from 'vitest';

import {
  field,
  flowRecord,
  message,
  optionsTemplateRecord,
  set,
  templateRecord,
  u16,
  u32,
  u8,
  variable,
  VARIABLE,
} from './message-builder.js';
import { echo, templates, print, printFlows, icmp, flow6 } from './print-records.js';

describe('JSON', () => {
  it('has every field under its element name, one object a line', () => {
    const { lines } = printFlows({ format: 'json' }, flowRecord(), icmp);
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0])).toEqual({
      flowStartMilliseconds: '2004-01-01T12:34:56.789Z',
      flowEndMilliseconds: '2004-01-01T12:34:58.023Z',
      octetTotalCount: 1500,
      reverseOctetTotalCount: 98_765,
      packetTotalCount: 10,
      reversePacketTotalCount: 70,
      sourceIPv4Address: '10.0.0.1',
      destinationIPv4Address: '192.168.100.200',
      sourceTransportPort: 51_234,
      destinationTransportPort: 80,
      protocolIdentifier: 6,
      flowEndReason: 3,
      reverseFlowDeltaMilliseconds: 12,
      initialTCPFlags: 2,
      unionTCPFlags: 27,
      reverseInitialTCPFlags: 18,
      reverseUnionTCPFlags: 25,
    });
  });

  it('has the fields that were asked for, null where a record has none', () => {
    const { text } = print(
      {
        format: 'json',
        fields: ['sIP', 'sPort', 'protocolName', 'communityId', 'duration', 'destinationIPv4Address', 'iType', 'sTime'],
      },
      message([templates, set(256, icmp), set(257, flow6)]),
    );
    // The ids are what tshark 4.0.17 says of such packets.
    expect(text).toBe(
      '{"sIP":"10.0.0.1","sPort":0,"protocolName":"icmp","communityId":"1:LfjfQH6qy9vMPulr3RJIGwTX4E8=",' +
        '"duration":1.234,"destinationIPv4Address":"192.168.100.200","iType":8,"sTime":"2004-01-01T12:34:56.789000Z"}\n' +
        '{"sIP":"2001:db8::1","sPort":51234,"protocolName":"udp","communityId":"1:7gZuJ05cR8Hkhbw4KMnvXQk7aVo=",' +
        '"duration":1.234,"destinationIPv4Address":null,"iType":null,"sTime":"2004-01-01T12:34:56.789000Z"}\n',
    );
  });

  it('shows options records apart, and records that are no flows', () => {
    const octets = message([
      set(3, optionsTemplateRecord(400, 1, [field(149, 4)])),
      set(400, u32(9)),
      set(2, templateRecord(300, [field(82, VARIABLE)])),
      set(300, variable('a"b')),
    ]);
    expect(print({ format: 'json', options: true }, octets).lines).toEqual([
      '{"options":{"observationDomainId":9}}',
      '{"interfaceName":"a\\"b"}',
    ]);
  });
});

describe('CSV', () => {
  it('has the same columns whatever the file', () => {
    const { text } = print({ format: 'csv' }, message([templates, set(256, flowRecord()), set(257, flow6)]));
    expect(text).toBe(
      'sTime,eTime,duration,protocol,sIP,sPort,dIP,dPort,packets,bytes,reversePackets,reverseBytes,' +
        'initialFlags,sessionFlags,reverseInitialFlags,reverseSessionFlags,endReason,vlan\n' +
        '2004-01-01T12:34:56.789000Z,2004-01-01T12:34:58.023000Z,1.234,6,10.0.0.1,51234,192.168.100.200,80,10,1500,70,98765,' +
        'S,FSPA,SA,FPA,end,\n' +
        '2004-01-01T12:34:56.789000Z,2004-01-01T12:34:58.023000Z,1.234,17,2001:db8::1,51234,2001:db8:1:2:3:4:5:6,80,10,1500,70,98765,' +
        'S,FSPA,SA,FPA,active+,\n',
    );
  });

  it('quotes what needs it, and keeps a record on its line', () => {
    const { text } = print(
      { format: 'csv', fields: ['interfaceName', 'basicList'] },
      message([
        set(2, templateRecord(300, [field(82, VARIABLE), field(291, VARIABLE)])),
        set(300, variable('a,"b"\nc'), variable(Buffer.concat([u8(3), u16(7), u16(2), u16(80), u16(81)]))),
      ]),
    );
    expect(text).toBe(
      'interfaceName,basicList\n' +
        '"a,""b""\\x0Ac","{""semantic"":""allOf"",""element"":""sourceTransportPort"",""values"":[80,81]}"\n',
    );
  });
});

describe('SiLK', () => {
  it('prints as rwcut does, a biflow in two rows', () => {
    const { text } = printFlows({ format: 'silk' }, flowRecord(), icmp);
    expect(text).toBe(
      [
        '            sIP|            dIP|sPort|dPort|pro|   packets|     bytes|   flags|                  sTime| duration|                  eTime|sen|',
        '       10.0.0.1|192.168.100.200|51234|   80|  6|        10|      1500|FS PA   |2004/01/01T12:34:56.789|    1.234|2004/01/01T12:34:58.023|  0|',
        '192.168.100.200|       10.0.0.1|   80|51234|  6|        70|     98765|FS PA   |2004/01/01T12:34:56.801|    1.222|2004/01/01T12:34:58.023|  0|',
        '       10.0.0.1|192.168.100.200|    0| 2048|  1|        10|      1500|        |2004/01/01T12:34:56.789|    1.234|2004/01/01T12:34:58.023|  0|',
        '',
      ].join('\n'),
    );
  });

  it('gives IPv6 addresses 39 characters when one is among the first rows', () => {
    const { lines } = print({ format: 'silk' }, message([templates, set(256, icmp), set(257, flow6)], { domain: 12 }));
    expect(lines[0].slice(0, 80)).toBe(`${'sIP'.padStart(39)}|${'dIP'.padStart(39)}|`);
    expect(lines[1].slice(0, 40)).toBe(`${'10.0.0.1'.padStart(39)}|`);
    expect(lines[2].slice(0, 40)).toBe(`${'2001:db8::1'.padStart(39)}|`);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines.at(-1)!.endsWith('| 12|')).toBe(true);
  });

  it('keeps its widths when IPv6 comes late', () => {
    const many = Array.from({ length: 5 }, () => message([set(256, ...Array.from({ length: 200 }, () => icmp))]));
    const { lines } = print(
      { format: 'silk' },
      message([templates]),
      ...many,
      message([set(257, flow6), set(256, icmp)]),
    );
    expect(lines.at(-1)).toBe(lines[1]);
  });

  it('keeps type and code in place for the reverse of an ICMP flow', () => {
    const { lines } = printFlows({ format: 'silk' }, flowRecord({ ...echo, reversePackets: 2, reverseOctets: 168 }));
    expect(lines[2].split('|').slice(0, 5)).toEqual(['192.168.100.200', '       10.0.0.1', '    0', ' 2048', '  1']);
  });

  it('leaves out directions and records without packets', () => {
    const { lines, leftOut } = printFlows(
      { format: 'silk' },
      flowRecord({ packets: 0, octets: 0 }),
      flowRecord({ packets: 0, reversePackets: 0 }),
    );
    expect(lines).toHaveLength(2);
    expect(lines[1].startsWith('192.168.100.200|')).toBe(true);
    expect(leftOut).toBe(1);
  });

  it('writes each flag in its place', () => {
    const { lines } = printFlows({ format: 'silk' }, flowRecord({ flags: [0x80, 0x49, 0xff, 0] }));
    expect(lines.slice(1).map((line) => line.split('|')[7])).toEqual(['F  P  EC', 'FSRPAUEC']);
  });
});
