import { expect, it } from 'vitest';

import { inspectFrames, type Message, tcpFrames, udpFrames } from '../../support/inspect.js';

const data: readonly Message[] = [['server', 'levels of the river\n']];

it.each([
  ['PASV', ['server', '227 Entering passive mode (10,0,0,2,156,64)\r\n']],
  ['EPSV', ['server', '229 Entering extended passive mode (|||40000|)\r\n']],
] as const)('the data of FTP after %s are known by their port', async (_command, announcement) => {
  const control: readonly Message[] = [['server', '220 FTP ready\r\n'], ['client', 'USER ann\r\n'], announcement];
  const flows = await inspectFrames([
    ...tcpFrames(control, { clientPort: 50_001, serverPort: 2_100 }),
    ...tcpFrames(data, { clientPort: 50_002, serverPort: 40_000 }),
    ...tcpFrames(data, { clientPort: 50_003, serverPort: 40_001 }),
  ]);
  expect(flows.map(({ applicationPath }) => applicationPath)).toEqual(['ftp', 'ftp.ftp-data', undefined]);
});

it.each([
  ['PORT', 'PORT 10,0,0,1,156,64\r\n'],
  ['EPRT', 'EPRT |1|10.0.0.1|40000|\r\n'],
])('the data of FTP after %s are known by the port of the client', async (_command, line) => {
  const flows = await inspectFrames([
    ...tcpFrames(
      [
        ['server', '220 FTP ready\r\n'],
        ['client', line],
      ],
      { clientPort: 50_001, serverPort: 2_100 },
    ),
    ...tcpFrames(data, { clientPort: 40_000, serverPort: 20 }),
  ]);
  expect(flows.map(({ applicationPath }) => applicationPath)).toEqual(['ftp', 'ftp.ftp-data']);
});

it('the answers of TFTP, which come from another port, are known by the port of the client', async () => {
  const flows = await inspectFrames([
    ...udpFrames([['client', '\0\x01levels\0octet\0']], { clientPort: 50_001, serverPort: 69 }),
    ...udpFrames([['server', '\0\x03\0\x01levels']], { clientPort: 50_001, serverPort: 40_000 }),
  ]);
  expect(flows.map(({ applicationName }) => applicationName)).toEqual(['tftp', 'tftp']);
});
