import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u32, zeros } from '../../../support/octets.js';

function text(value: string): Uint8Array {
  return join(u16(value.length), Buffer.from(value));
}

function mqttPacket(first: number, ...parts: Uint8Array[]): Uint8Array {
  const body = join(...parts);
  return join(bytes(first, body.length), body);
}

function amqpMethod(kind: number, method: number, body: Uint8Array): Uint8Array {
  return join(bytes(1, 0, 0), u32(4 + body.length), u16(kind, method), body, bytes(0xce));
}

const properties = join(bytes(7), Buffer.from('productS'), u32(7), Buffer.from('Example'));

function kafkaRequest(key: number, version: number, clientId: string): Uint8Array {
  const body = join(u16(key, version), u32(1), text(clientId), zeros(4));
  return join(u32(body.length), body);
}

export const samples: readonly Sample[] = [
  {
    name: 'MQTT: a connection with a password, a subscription, a message',
    transport: 'tcp',
    messages: [
      ['client', mqttPacket(0x10, text('MQTT'), bytes(4, 0xc2, 0, 60), text('sensor-1'), text('ann'), text('secret'))],
      ['server', bytes(0x20, 2, 0, 0)],
      ['client', mqttPacket(0x82, u16(1), text('home/+'), bytes(0))],
      ['server', mqttPacket(0x90, u16(1), bytes(0))],
      ['server', mqttPacket(0x30, text('home/light'), Buffer.from('on'))],
    ],
    path: 'mqtt',
    metadata: {
      mqtt: {
        version: 4,
        clientId: 'sensor-1',
        username: 'ann',
        password: '***',
        subscriptions: ['home/+'],
        topics: ['home/light'],
        returnCode: 0,
      },
    },
  },
  {
    name: 'AMQP 0-9-1: the opening',
    transport: 'tcp',
    messages: [
      ['client', join(Buffer.from('AMQP'), bytes(0, 0, 9, 1))],
      ['server', amqpMethod(10, 10, join(bytes(0, 9), u32(properties.length), properties))],
      ['client', amqpMethod(10, 11, join(u32(0), bytes(5), Buffer.from('PLAIN'), u32(0), bytes(0)))],
    ],
    path: 'amqp',
    metadata: { amqp: { version: '0-9-1', product: ['Example'], mechanism: 'PLAIN' } },
  },
  {
    name: 'Kafka: versions and metadata',
    transport: 'tcp',
    messages: [
      ['client', join(kafkaRequest(18, 3, 'producer-1'), kafkaRequest(3, 9, 'producer-1'))],
      ['server', join(u32(8, 1, 0))],
    ],
    path: 'kafka',
    metadata: { kafka: { clientId: 'producer-1', requests: [18, 3] } },
  },
  {
    name: 'NATS',
    transport: 'tcp',
    messages: [
      ['server', 'INFO {"server_id":"N","version":"2.10"}\r\n'],
      ['client', 'CONNECT {"verbose":false}\r\nPING\r\n'],
    ],
    path: 'nats',
  },
  {
    name: 'ZeroMQ: a greeting',
    transport: 'tcp',
    messages: [['client', join(bytes(0xff), zeros(7), bytes(1, 0x7f, 3, 0), Buffer.from('NULL'), zeros(48))]],
    path: 'zeromq',
  },
  {
    name: 'FIX: a logon',
    transport: 'tcp',
    messages: [['client', '8=FIX.4.4\x019=28\x0135=A\x0149=BUYER\x0156=SELLER\x0134=1\x0110=001\x01']],
    path: 'fix',
    metadata: { fix: { version: 'FIX.4.4', sender: 'BUYER', target: 'SELLER', types: ['A'] } },
  },
  {
    name: 'SMPP: a bind',
    transport: 'tcp',
    messages: [['client', join(u32(40, 2, 0, 1), Buffer.from('gateway\0secret12\0\0'), bytes(0x34, 0, 0, 0, 0, 0))]],
    path: 'smpp',
    metadata: { smpp: { systemId: 'gateway', password: '***' } },
  },
  {
    name: 'HL7: an admission',
    transport: 'tcp',
    messages: [['client', '\x0bMSH|^~\\&|APP|CLINIC|LAB|HOSPITAL|20260101||ADT^A01|1|P|2.5\rEVN|A01\r\x1c\r']],
    path: 'hl7',
    metadata: { hl7: { sender: ['APP'], facility: ['CLINIC'], receiver: ['LAB'], type: ['ADT^A01'] } },
  },
  {
    name: 'Zabbix: a value',
    transport: 'tcp',
    messages: [['client', join(Buffer.from('ZBXD\x01'), bytes(10), zeros(7), Buffer.from('agent.ping'))]],
    path: 'zabbix',
  },
  {
    name: 'AJP: a request',
    transport: 'tcp',
    messages: [
      [
        'client',
        join(u16(0x1234, 40), bytes(2, 2), text('HTTP/1.1'), bytes(0), text('/index.html'), bytes(0), zeros(13)),
      ],
    ],
    path: 'ajp',
  },
  {
    name: 'FastCGI: a request',
    transport: 'tcp',
    messages: [['client', join(bytes(1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0), zeros(5), bytes(1, 4, 0, 1, 0, 0, 0, 0))]],
    path: 'fastcgi',
  },
  {
    name: 'Stratum: a subscription',
    transport: 'tcp',
    messages: [['client', '{"id":1,"method":"mining.subscribe","params":["miner/1.0"]}\n']],
    path: 'mining',
  },
];
