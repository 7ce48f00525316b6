import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a bind and a search',
    transport: 'tcp',
    messages: [
      [
        'client',
        Buffer.from(
          '302b02010160260201030419636e3d616e6e2c64633d6578616d706c652c64633d746573748006736563726574',
          'hex',
        ),
      ],
      ['server', Buffer.from('300c02010161070a010004000400', 'hex')],
      [
        'client',
        Buffer.from(
          '30370201026332041264633d6578616d706c652c64633d746573740a01020a0100020100020100010100870b6f626a656374436c6173733000',
          'hex',
        ),
      ],
    ],
    path: 'ldap',
    metadata: {
      ldap: {
        bindName: 'cn=ann,dc=example,dc=test',
        password: '***',
        results: [0],
        searchBases: ['dc=example,dc=test'],
      },
    },
  },
  {
    name: 'a search over UDP',
    transport: 'udp',
    messages: [
      [
        'client',
        Buffer.from(
          '30370201026332041264633d6578616d706c652c64633d746573740a01020a0100020100020100010100870b6f626a656374436c6173733000',
          'hex',
        ),
      ],
    ],
    path: 'ldap',
    metadata: { ldap: { searchBases: ['dc=example,dc=test'] } },
  },
  {
    name: 'TLS after StartTLS',
    transport: 'tcp',
    messages: [
      ['client', Buffer.from('301d02010177188016312e332e362e312e342e312e313436362e3230303337', 'hex')],
      ['server', Buffer.from('300c02010178070a010004000400', 'hex')],
      ['client', clientHello()],
    ],
    path: 'ldap.tls',
    metadata: { tls: { sni: 'server.example.test' } },
  },
];
