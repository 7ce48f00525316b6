import { clientHello } from '../../../support/client-hello.js';
import type { Sample } from '../../../support/inspect.js';

export const samples: readonly Sample[] = [
  {
    name: 'a client',
    transport: 'tcp',
    messages: [
      [
        'client',
        "<?xml version='1.0'?><stream:stream to='example.test' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
      ],
      [
        'server',
        "<?xml version='1.0'?><stream:stream from='example.test' id='1' xmlns='jabber:client'><stream:features><starttls/></stream:features>",
      ],
      ['client', "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
      ['server', "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"],
      ['client', clientHello()],
    ],
    path: 'xmpp.tls',
    metadata: {
      xmpp: { to: 'example.test', from: 'example.test', startTls: true },
      tls: { sni: 'server.example.test' },
    },
  },
  {
    name: 'a stanza',
    transport: 'tcp',
    messages: [['client', "<iq id='7' type='get'><query xmlns='jabber:iq:roster'/></iq>"]],
    path: 'xmpp',
  },
];
