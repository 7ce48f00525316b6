import os from 'node:os';

import { describe, expect, it } from 'vitest';

import type { InterfaceList } from '../../../src/capture/live/list-interfaces.js';
import { interfacesText } from '../../../src/cli/interfaces-command.js';
import { weir } from '../../support/run-weir.js';

describe('weir interfaces', () => {
  it('lists what the system has', async () => {
    const { exitCode, stdout, stderr } = await weir(['interfaces', '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { interfaces, backends } = JSON.parse(stdout) as InterfaceList;
    for (const [name, addresses] of Object.entries(os.networkInterfaces())) {
      const listed = interfaces.find((each) => each.name === name);
      expect(listed?.addresses).toEqual(addresses?.map(({ cidr }) => cidr));
    }
    expect(interfaces.some(({ name }) => name === 'any')).toBe(true);
    expect(backends.map(({ name }) => name)).toEqual(['afpacket', 'libpcap', 'pcap', 'cap', 'pipe']);
  });

  it('shows them as a table, with what is missing', () => {
    const list: InterfaceList = {
      interfaces: [
        {
          name: 'eth0',
          ifIndex: 2,
          state: 'up',
          bitsPerSecond: 10e9,
          mtu: 1500,
          addresses: ['192.0.2.1/24', 'fd00::1/64'],
          description: null,
          backends: ['afpacket'],
        },
        {
          name: 'tap',
          ifIndex: 3,
          state: 'no link',
          bitsPerSecond: 100e6,
          mtu: 9000,
          addresses: [],
          description: null,
          backends: [],
        },
        {
          name: 'any',
          ifIndex: null,
          state: null,
          bitsPerSecond: null,
          mtu: null,
          addresses: [],
          description: 'all interfaces',
          backends: ['afpacket'],
        },
      ],
      backends: [
        { name: 'afpacket', summary: 'packet sockets', missing: null },
        { name: 'libpcap', summary: 'libpcap', missing: 'libpcap is missing: install it' },
      ],
      missingPermission: 'CAP_NET_RAW is missing',
      trouble: null,
    };
    expect(interfacesText(list)).toBe(
      `name  index  state    speed       MTU   capture      addresses
eth0  2      up       10 Gbit/s   1500  afpacket     192.0.2.1/24, fd00::1/64
tap   3      no link  100 Mbit/s  9000  no back-end  -
any   -      -        -           -     afpacket     (all interfaces)

back-ends
  afpacket  ready: packet sockets
  libpcap   not usable: libpcap is missing: install it

permission  CAP_NET_RAW is missing
`,
    );
  });
});
