import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u16le, u32, u32le, zeros } from '../../../support/octets.js';

function tpkt(...parts: Uint8Array[]): Uint8Array {
  const body = join(...parts);
  return join(bytes(3, 0), u16(4 + body.length), body);
}

const connectRequest = tpkt(bytes(17, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2));
const connectConfirm = tpkt(bytes(17, 0xd0, 0, 1, 0, 2, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2));
const isoData = bytes(2, 0xf0, 0x80);
const setup = join(bytes(0x32, 1), u16(0, 1, 8, 0), bytes(0xf0, 0), u16(1, 1, 480));

/** A link frame of DNP3 that reads class data, with the checks of its header and its block. */
const dnp3Frame = join(
  bytes(5, 0x64, 11, 0xc4),
  u16le(1, 1024),
  u16le(0x5cf4),
  bytes(0xc0, 0xc1, 1, 60, 2, 6),
  u16le(0),
);

const endpoint = 'opc.tcp://server.example.test:4840';

export const samples: readonly Sample[] = [
  {
    name: 'Modbus: registers are read',
    transport: 'tcp',
    messages: [
      ['client', bytes(0, 1, 0, 0, 0, 6, 17, 3, 0, 107, 0, 3)],
      ['server', bytes(0, 1, 0, 0, 0, 9, 17, 3, 6, 2, 43, 0, 0, 0, 100)],
      ['client', bytes(0, 2, 0, 0, 0, 6, 17, 1, 0, 0, 0, 9)],
      ['server', bytes(0, 2, 0, 0, 0, 3, 17, 0x81, 2)],
    ],
    path: 'modbus',
    metadata: { modbus: { functions: [3, 3, 1, 1], exceptions: [2] } },
  },
  {
    name: 'DNP3: a read',
    transport: 'tcp',
    messages: [['client', dnp3Frame]],
    path: 'dnp3',
    metadata: { dnp3: { source: 1024, destination: 1, functions: [1] } },
  },
  {
    name: 'EtherNet/IP: a session',
    transport: 'tcp',
    messages: [
      ['client', join(u16le(0x65, 4), zeros(20), u16le(1, 0))],
      ['client', join(u16le(0x6f, 18), u32le(7, 0), zeros(12), u32le(0), u16le(5, 2, 0, 0, 0xb2, 2), bytes(0x0e, 0))],
    ],
    path: 'enip',
    metadata: { enip: { commands: [0x65, 0x6f], services: [0x0e] } },
  },
  {
    name: 'CIP: implicit data',
    transport: 'udp',
    messages: [['client', join(u16le(2, 0x8002, 8), u32le(5, 6), u16le(0xb1, 6), bytes(1, 2, 3, 4, 5, 6))]],
    path: 'cip',
  },
  {
    name: 'S7: a setup',
    transport: 'tcp',
    messages: [
      ['client', connectRequest],
      ['server', connectConfirm],
      ['client', tpkt(isoData, setup)],
    ],
    path: 's7comm',
    metadata: { s7comm: { functions: [0xf0] } },
  },
  {
    name: 'S7 plus',
    transport: 'tcp',
    messages: [
      ['client', connectRequest],
      ['client', tpkt(isoData, bytes(0x72, 1, 0, 4, 0x31, 0, 0, 4))],
    ],
    path: 's7comm-plus',
  },
  {
    name: 'IEC 104: an interrogation',
    transport: 'tcp',
    messages: [
      ['client', bytes(0x68, 4, 7, 0, 0, 0)],
      ['server', bytes(0x68, 4, 0x0b, 0, 0, 0)],
      ['client', bytes(0x68, 14, 0, 0, 0, 0, 100, 1, 6, 0, 3, 0, 0, 0, 0, 20)],
    ],
    path: 'iec104',
    metadata: { iec104: { types: [100], commonAddress: 3 } },
  },
  {
    name: 'OPC UA: a hello',
    transport: 'tcp',
    messages: [
      [
        'client',
        join(
          Buffer.from('HELF'),
          u32le(32 + endpoint.length, 0, 65_536, 65_536, 0, 0, endpoint.length),
          Buffer.from(endpoint),
        ),
      ],
    ],
    path: 'opc-ua',
    metadata: { 'opc-ua': { endpoint } },
  },
  {
    name: 'BACnet: Who-Is',
    transport: 'udp',
    messages: [['client', bytes(0x81, 0x0b, 0, 12, 1, 0x20, 0xff, 0xff, 0, 0xff, 0x10, 8)]],
    path: 'bacnet',
    metadata: { bacnet: { services: [8] } },
  },
  {
    name: 'CoAP: a resource',
    transport: 'udp',
    messages: [
      ['client', join(bytes(0x41, 1, 0, 1, 0x5a, 0xb7), Buffer.from('sensors'), bytes(4), Buffer.from('temp'))],
      ['server', join(bytes(0x61, 0x45, 0, 1, 0x5a, 0xff), Buffer.from('21'))],
    ],
    path: 'coap',
    metadata: { coap: { codes: [1, 0x45], paths: ['/sensors/temp'] } },
  },
  {
    name: 'KNXnet/IP: a search',
    transport: 'udp',
    messages: [['client', bytes(6, 0x10, 2, 1, 0, 14, 8, 1, 192, 0, 2, 1, 14, 87)]],
    path: 'knxnet_ip',
  },
  {
    name: 'SOME/IP: a request',
    transport: 'udp',
    messages: [['client', join(u16(0x1234, 1), u32(12, 1), bytes(1, 1, 0, 0), u32(5))]],
    path: 'someip',
    metadata: { someip: { service: 0x1234, method: 1, types: [0] } },
  },
  {
    name: 'Tuya: an announcement',
    transport: 'udp',
    messages: [['client', join(u32(0x55aa, 0, 0x13, 12), zeros(4).fill(0x41), u32(1, 0xaa55))]],
    path: 'tuyalp',
  },
];
