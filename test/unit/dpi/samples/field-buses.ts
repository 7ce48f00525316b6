import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u16le, u32, u32le, zeros } from '../../../support/octets.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** UDP from 10.0.0.1 to 10.0.0.2 without data. */
const packet = hex('4500001c00010000401166ce0a0000010a000002303930390008000000');
const initiate = hex('0d1f0506130100160102140200023302000134020001c1093007060528ca220201');
const tpkt = (...parts: Uint8Array[]): Uint8Array => {
  const body = join(...parts);
  return join(bytes(3, 0), u16(body.length + 4), body);
};
const trdpHeader = (type: string, length: number): Uint8Array =>
  join(u32(7), u16(0x0100), Buffer.from(type), u32(1_001, 0, 0, length));

export const samples: readonly Sample[] = [
  {
    name: 'FINS: a reading of memory',
    transport: 'udp',
    messages: [
      ['client', bytes(0x80, 0, 2, 0, 1, 0, 0, 2, 0, 0x7a, 1, 1, 0x82, 0, 0, 0, 0, 1)],
      ['server', bytes(0xc0, 0, 2, 0, 2, 0, 0, 1, 0, 0x7a, 1, 1, 0, 0, 0, 1)],
    ],
    path: 'fins',
  },
  {
    name: 'FINS over TCP: the address of the node',
    transport: 'tcp',
    messages: [['client', join(Buffer.from('FINS'), u32(12, 0, 0, 0))]],
    path: 'fins',
  },
  {
    name: 'HiSLIP: an opening',
    transport: 'tcp',
    messages: [
      ['client', join(Buffer.from('HS'), bytes(0, 0), u32(0x0100_5a5a, 0, 7), Buffer.from('hislip0'))],
      ['server', join(Buffer.from('HS'), bytes(1, 0), u32(0x0100_0001, 0, 0))],
    ],
    path: 'hislip',
  },
  {
    name: 'TRDP: process data',
    transport: 'udp',
    messages: [['client', join(trdpHeader('Pd', 5), zeros(16), zeros(8))]],
    path: 'trdp',
  },
  {
    name: 'TRDP over TCP: a message',
    transport: 'tcp',
    messages: [['client', join(trdpHeader('Mr', 4), zeros(92), zeros(4))]],
    path: 'trdp',
  },
  {
    name: 'CAN: two frames',
    transport: 'udp',
    messages: [['client', join(Buffer.from('ISO11898'), bytes(1, 2), zeros(26))]],
    path: 'can',
  },
  {
    name: 'Ether-S-I/O: a telegram',
    transport: 'udp',
    messages: [['client', join(Buffer.from('ESIO'), u16(1, 0), zeros(20))]],
    path: 'ethersio',
  },
  {
    name: 'DLMS: an opening in HDLC',
    transport: 'tcp',
    messages: [['client', hex('7ea0070321930f017e')]],
    path: 'iec62056',
  },
  {
    name: 'DLMS: a reading within the wrapper',
    transport: 'udp',
    messages: [['client', join(u16(1, 16, 1, 13), hex('c001c100080000010000ff0200'))]],
    path: 'iec62056',
  },
  {
    name: 'C12.22: an invocation',
    transport: 'udp',
    messages: [['client', hex('601da203800101a603800102a803020105be0c280a81088001200000123456')]],
    path: 'ansi_c1222',
  },
  {
    name: 'C37.118: a command',
    transport: 'udp',
    messages: [['client', hex('aa4100120001650000000000000000056c8f')]],
    path: 'ieee-c37118',
  },
  {
    name: 'HART-IP: a session begins',
    transport: 'udp',
    messages: [['client', bytes(1, 0, 0, 0, 0, 2, 0, 13, 1, 0, 0, 0x27, 0x10)]],
    path: 'hart-ip',
  },
  {
    name: 'HART-IP over TCP',
    transport: 'tcp',
    messages: [['client', bytes(1, 0, 3, 0, 0, 2, 0, 13, 2, 0x80, 0, 0, 0x82)]],
    path: 'hart-ip',
  },
  {
    name: 'EGD: an exchange',
    transport: 'udp',
    messages: [
      [
        'client',
        join(bytes(13, 1), u16le(9), bytes(10, 0, 0, 1), u32le(1, 1_000_000, 5_000, 0, 0x0101), zeros(4), zeros(8)),
      ],
    ],
    path: 'ethernetglobaldata',
  },
  {
    name: 'Ether-S-Bus: a request',
    transport: 'udp',
    messages: [['client', hex('0000000e01000001000a0601e3b3')]],
    path: 'ether-s-bus',
  },
  {
    name: 'ADS: a reading of the state',
    transport: 'tcp',
    messages: [
      ['client', join(u16(0), u32le(32), zeros(6), u16le(851), zeros(6), u16le(32_905), u16le(4, 4), u32le(0, 0, 1))],
    ],
    path: 'beckhoffads',
  },
  {
    name: 'ADS: a search',
    transport: 'udp',
    messages: [['client', join(bytes(3, 0x66, 0x14, 0x71), zeros(20))]],
    path: 'beckhoffads',
  },
  {
    name: 'CNP/IP: data',
    transport: 'udp',
    messages: [['client', join(u16(30), bytes(1, 1, 0, 0), u16(0), u32(5, 1, 0), zeros(10))]],
    path: 'cnp-ip',
  },
  {
    name: 'RTPS: a participant',
    transport: 'udp',
    messages: [['client', join(Buffer.from('RTPS'), bytes(2, 2, 1, 3), zeros(12), bytes(9, 1, 8, 0), zeros(8))]],
    path: 'rtps',
  },
  {
    name: 'PTP: a Sync',
    transport: 'udp',
    messages: [['server', join(bytes(0, 2), u16(44), bytes(0, 0, 2, 0), zeros(24), bytes(0, 0), zeros(10))]],
    path: 'ptpv2',
  },
  {
    name: 'MMS: a session is opened',
    transport: 'tcp',
    messages: [
      ['client', tpkt(bytes(17, 0xe0, 0, 0, 0, 1, 0, 0xc1, 2, 0, 1, 0xc2, 2, 0, 1, 0xc0, 1, 10))],
      ['server', tpkt(bytes(17, 0xd0, 0, 1, 0, 1, 0, 0xc1, 2, 0, 1, 0xc2, 2, 0, 1, 0xc0, 1, 10))],
      ['client', tpkt(bytes(2, 0xf0, 0x80), initiate)],
    ],
    path: 'iso9506-1-mms',
  },
  {
    name: 'FLUTE: a table of files',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          bytes(0x10, 0xa0, 6, 0),
          u32(0, 9, 0),
          bytes(0xc0, 0x10, 0, 1, 64, 4, 0, 0),
          Buffer.from('<?xml version="1.0"?><FDT-Instance>'),
        ),
      ],
    ],
    path: 'flute',
  },
  {
    name: 'PROFINET IO: a connection',
    transport: 'udp',
    messages: [
      [
        'client',
        join(bytes(4, 0, 0x28, 0, 0x10, 0, 0, 0), zeros(16), hex('0100a0de976cd111827100a02442df7d'), zeros(40)),
      ],
    ],
    path: 'dcerpc.profinet_io',
  },
  {
    name: 'LISP: a packet within',
    transport: 'udp',
    messages: [['client', join(bytes(0xc0, 1, 2, 3), u32(1), packet.slice(0, 28))]],
    path: 'lisp',
  },
  {
    name: 'LISP: a registration',
    transport: 'udp',
    messages: [
      [
        'client',
        join(
          bytes(0x30, 0, 0, 1),
          u32(1, 2),
          u16(1, 20),
          zeros(20),
          u32(60),
          bytes(1, 32),
          u16(0x1000, 0, 1),
          zeros(4),
        ),
      ],
    ],
    path: 'lisp',
  },
];
