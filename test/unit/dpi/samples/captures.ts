import type { Sample } from '../../../support/inspect.js';

/** Captures of real programs that come with the project. */
export const samples: readonly Sample[] = [
  {
    name: 'tls',
    capture: 'https.pcap',
    path: 'tls.http2',
    metadata: {
      tls: {
        sni: 'server.example.test',
        alpn: ['h2', 'http/1.1'],
        alpnSelected: 'h2',
        version: '1.2',
        cipher: 49196,
        ja3: '0149f47eabf9a20d0893e2a44e5a6323',
        ja3s: 'fe0146829eef1917ba6c2dd4f5c08905',
        ja4: 't13d3112h2_e8f1e7e78f70_b26ce05bbdd6',
        certificates: [
          {
            subject: 'CN=server.example.test,O=Example',
            issuer: 'CN=server.example.test,O=Example',
            serial: '2803e830aaef8ae3448e13f9a4507306678e6e89',
            notBefore: '2026-01-01T00:00:00.000Z',
            notAfter: '2035-12-30T00:00:00.000Z',
            alternativeNames: ['server.example.test'],
            keyType: 'EC',
            keyBits: 256,
            sha1: 'dcce8c368e4f5963907b374fc6aa00657214237a',
          },
        ],
      },
    },
  },
  {
    name: 'http',
    capture: 'http.pcap',
    path: 'http',
    metadata: {
      http: {
        requests: [
          { method: 'GET', target: '/', host: '10.10.0.2', userAgent: 'curl/7.88.1' },
          { target: '/no-such-page' },
          { target: '/levels.txt' },
        ],
        responses: [
          { status: 200, server: 'nginx', contentType: 'text/html', contentLength: 96 },
          { status: 404, reason: 'Not Found' },
          { status: 200, contentLength: 100000 },
        ],
      },
    },
  },
  {
    name: 'ssh',
    capture: 'ssh.pcap',
    path: 'ssh',
    metadata: { ssh: { serverVersion: 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10' } },
  },
  {
    name: 'dns',
    capture: 'dns.pcap',
    path: 'dns',
    metadata: {
      dns: {
        messages: [
          { id: 27544, response: false, questions: [{ name: 'server.example.test', type: 1 }] },
          { id: 27544, response: true, rcode: 0, latencyUs: 3789, answers: [{ a: '10.10.0.2', ttl: 0 }] },
        ],
      },
    },
  },
  {
    name: 'dhcp',
    capture: 'dhcp.pcap',
    path: 'dhcp',
    metadata: { dhcp: { messages: [{ type: 1, hostName: 'laptop', parameterList: '01030f061a' }, { type: 3 }] } },
  },
  {
    name: 'ntp',
    capture: 'ntp.pcap',
    path: 'ntp',
    metadata: { ntp: { version: 4, mode: 3, stratum: 8, referenceId: '7f7f0101' } },
  },
];
