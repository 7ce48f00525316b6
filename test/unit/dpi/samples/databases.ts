import type { Sample } from '../../../support/inspect.js';
import { bytes, join, u16, u16le, u32, u32le, zeros } from '../../../support/octets.js';

function mysqlPacket(sequence: number, ...parts: Uint8Array[]): Uint8Array {
  const body = join(...parts);
  return join(bytes(body.length & 0xff, body.length >> 8, 0, sequence), body);
}

const login = (capabilities: number): Uint8Array => join(u32le(capabilities, 0x0100_0000), bytes(45), zeros(23));
const greeting = mysqlPacket(
  0,
  bytes(10),
  Buffer.from('8.0.36\0'),
  u32le(7),
  zeros(8).fill(0x41),
  bytes(0),
  u16le(0xffff),
  zeros(24),
);

function pgMessage(type: string, body: string): Uint8Array {
  return join(Buffer.from(type), u32(4 + body.length), Buffer.from(body, 'latin1'));
}

function pgStartup(text: string): Uint8Array {
  return join(u32(8 + text.length, 0x0003_0000), Buffer.from(text));
}

const document = join(
  bytes(0x02),
  Buffer.from('find\0'),
  u32le(6),
  Buffer.from('users\0'),
  bytes(0x02),
  Buffer.from('$db\0'),
  u32le(5),
  Buffer.from('shop\0'),
  bytes(0),
);
const section = join(u32le(0), bytes(0), u32le(4 + document.length), document);

const wide = (text: string): Uint8Array => Buffer.from(text, 'utf16le');
const sql = wide('SELECT 1');
const login7 = ((): Uint8Array => {
  const names = ['laptop', 'ann', 'secret', 'app', 'server', '', 'lib', '', 'shop'];
  const table: Uint8Array[] = [];
  const texts: Uint8Array[] = [];
  let at = 94;
  for (const name of names) {
    table.push(u16le(at, name.length));
    texts.push(wide(name));
    at += 2 * name.length;
  }
  const body = join(u32le(at, 0x7400_0004), zeros(28), ...table, zeros(94 - 36 - 36), ...texts);
  return join(bytes(0x10, 1), u16(8 + body.length), bytes(0, 0, 1, 0), body);
})();

const connectData = Buffer.from(
  '(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=shop)(CID=(PROGRAM=sqlplus)(HOST=laptop)(USER=ann)))(ADDRESS=(HOST=db)))',
);
const cqlOptions = join(u16(1), u16(11), Buffer.from('CQL_VERSION'), u16(5), Buffer.from('3.4.0'));

export const samples: readonly Sample[] = [
  {
    name: 'MySQL: a login and a query',
    transport: 'tcp',
    messages: [
      ['server', greeting],
      ['client', mysqlPacket(1, login(0x8208), Buffer.from('ann\0'), bytes(3, 1, 2, 3), Buffer.from('shop\0native\0'))],
      ['server', mysqlPacket(2, zeros(7))],
      ['client', mysqlPacket(0, bytes(3), Buffer.from('SELECT 1'))],
    ],
    path: 'mysql',
    metadata: {
      mysql: { serverVersion: '8.0.36', username: 'ann', database: 'shop', commands: [{ code: 3, text: 'SELECT 1' }] },
    },
  },
  {
    name: 'PostgreSQL: no TLS, a login, a query',
    transport: 'tcp',
    messages: [
      ['client', u32(8, 0x04d2_162f)],
      ['server', 'N'],
      ['client', pgStartup('user\0ann\0database\0shop\0application_name\0psql\0\0')],
      ['server', pgMessage('R', '\0\0\0\x03')],
      ['client', pgMessage('p', 'secret\0')],
      ['server', join(pgMessage('R', '\0\0\0\0'), pgMessage('S', 'server_version\x0016.1\0'))],
      ['client', pgMessage('Q', 'SELECT 1\0')],
    ],
    path: 'postgresql',
    metadata: {
      postgresql: {
        user: 'ann',
        database: 'shop',
        application: 'psql',
        password: '***',
        queries: ['SELECT 1'],
        serverVersion: '16.1',
      },
    },
  },
  {
    name: 'Redis: AUTH and SET',
    transport: 'tcp',
    messages: [
      ['client', '*2\r\n$4\r\nAUTH\r\n$6\r\nsecret\r\n'],
      ['server', '+OK\r\n'],
      ['client', '*3\r\n$3\r\nSET\r\n$5\r\ncolor\r\n$4\r\nblue\r\n'],
      ['server', '+OK\r\n'],
    ],
    path: 'redis',
    metadata: {
      redis: {
        commands: [
          { name: 'AUTH', secret: '***' },
          { name: 'SET', argument: 'color' },
        ],
      },
    },
  },
  {
    name: 'MongoDB: a find',
    transport: 'tcp',
    messages: [['client', join(u32le(16 + section.length, 1, 0, 2013), section)]],
    path: 'mongodb',
    metadata: { mongodb: { commands: [{ name: 'find', collection: 'users', database: 'shop' }] } },
  },
  {
    name: 'TDS: a pre-login, a login, a batch',
    transport: 'tcp',
    messages: [
      ['client', join(bytes(0x12, 1, 0, 20, 0, 0, 0, 0, 0, 0, 6, 0, 6, 0xff), zeros(6))],
      ['client', login7],
      [
        'client',
        join(bytes(1, 1), u16(30 + sql.length), bytes(0, 0, 1, 0), u32le(22, 18), u16le(2), zeros(8), u32le(1), sql),
      ],
    ],
    path: 'tds',
    metadata: {
      tds: {
        host: 'laptop',
        user: 'ann',
        application: 'app',
        server: 'server',
        database: 'shop',
        queries: ['SELECT 1'],
      },
    },
  },
  {
    name: 'Oracle: a connect',
    transport: 'tcp',
    messages: [
      ['client', join(u16(58 + connectData.length, 0), bytes(1, 0), u16(0, 318, 300), zeros(46), connectData)],
    ],
    path: 'oracle',
    metadata: { oracle: { service: 'shop', program: 'sqlplus', user: ['ann'], host: ['laptop', 'db'] } },
  },
  {
    name: 'Cassandra: STARTUP',
    transport: 'tcp',
    messages: [['client', join(bytes(4, 0, 0, 1, 1), u32(cqlOptions.length), cqlOptions)]],
    path: 'cassandra',
  },
  {
    name: 'Memcached: a get',
    transport: 'tcp',
    messages: [
      ['client', 'get color\r\n'],
      ['server', 'VALUE color 0 4\r\nblue\r\nEND\r\n'],
    ],
    path: 'memcached',
    metadata: { memcached: { commands: ['get color'] } },
  },
  {
    name: 'Elasticsearch: a handshake',
    transport: 'tcp',
    messages: [['client', join(Buffer.from('ES'), u32(19, 0, 1), bytes(8), u32(6_080_099), zeros(6))]],
    path: 'elasticsearch',
  },
];
