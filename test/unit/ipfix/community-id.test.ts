import { describe, expect, it } from 'vitest';

import { communityId } from '../../../src/ipfix/community-id.js';
import { ip4, ip6 } from './message-builder.js';

/** Type × 256 + code, which a flow record has for its destination port. */
const icmp = (type: number, code: number): number => type * 256 + code;

/**
 * Flows of public captures with the ids that tshark 4.0.17 (`--enable-protocol communityid`) shows for their packets.
 */
const VECTORS: readonly [
  source: string,
  destination: string,
  protocol: number,
  from: number,
  to: number,
  id: string,
][] = [
  ['192.168.0.123', '192.168.0.30', 6, 22, 42_116, '1:TMX8Gzo9gxnrlhvb1cywzENDXxM='],
  ['192.168.0.30', '192.168.0.123', 6, 42_116, 22, '1:TMX8Gzo9gxnrlhvb1cywzENDXxM='],
  [
    '2600:1f13:f8:d400:3a6:303c:e011:18eb',
    '2607:f8b0:400a:800:0:0:0:200e',
    6,
    60_202,
    443,
    '1:njFHyHv2ATzLP9rSy0H6wbG73QU=',
  ],
  [
    '2001:4860:4860:0:0:0:0:8888',
    '2600:1f13:f8:d400:3a6:303c:e011:18eb',
    6,
    443,
    33_892,
    '1:x48XA3YiAaOKTB0FEpvi+0cbuGg=',
  ],
  ['192.168.170.56', '192.168.170.8', 132, 7, 7, '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  // echo and its reply
  ['192.168.0.30', '8.8.8.8', 1, 0, icmp(8, 0), '1:PDObhgSJfM0q3vbd+H/+5UPj9vs='],
  ['8.8.8.8', '192.168.0.30', 1, 0, icmp(0, 0), '1:PDObhgSJfM0q3vbd+H/+5UPj9vs='],
  ['10.0.0.1', '1.2.3.4', 1, 0, icmp(8, 1), '1:1xsv1GF9x1tQdj7fyatwcnl7PH8='],
  ['1.2.3.4', '10.0.0.1', 1, 0, icmp(0, 0), '1:1xsv1GF9x1tQdj7fyatwcnl7PH8='],
  // types without an answer
  ['192.168.1.1', '10.10.1.4', 1, 0, icmp(3, 4), '1:7nWGY8J0Xmchmm1ZhRqvVtbbrNk='],
  ['10.40.1.1', '10.40.2.3', 1, 0, icmp(3, 1), '1:0ORtt9M7gN62ZyKl417ypO1tkBA='],
  // ICMPv6
  ['2001:db8:0:0:0:0:0:10', '2001:db8:0:0:0:0:0:ffff', 58, 0, icmp(128, 0), '1:tkdkxbOOTfSQymZ/Kn682/C9YMo='],
  ['2001:db8:1:0:0:0:0:1', '2001:db8:1:0:0:0:0:2', 58, 0, icmp(129, 0), '1:mIwpOOn6wCvAnEMXyW5m+OA3J+0='],
  ['fe80:0:0:0:a00:27ff:fe46:e884', 'ff02:0:0:0:0:0:0:2', 58, 0, icmp(133, 0), '1:Gicj2AsW37tjHLCm9wEAgVv72vs='],
  ['fe80:0:0:0:6600:6aff:fe5b:8eb3', 'ff02:0:0:0:0:0:0:1', 58, 0, icmp(134, 0), '1:RCbcaknzJ4VkrXxVpgvVfELR/sk='],
  ['fe80:0:0:0:6600:6aff:fe5b:8f4a', '2001:db8:1:0:0:0:0:2', 58, 0, icmp(135, 0), '1:LFUy4YgcdyjojhCLAx9MCBUhUZw='],
  ['2001:db8:1:0:0:0:0:2', 'fe80:0:0:0:6600:6aff:fe5b:8f4a', 58, 0, icmp(136, 0), '1:LFUy4YgcdyjojhCLAx9MCBUhUZw='],
  ['2001:db8:2:0:0:0:0:2', 'fe80:0:0:0:6600:6aff:fe5b:8f4a', 58, 0, icmp(2, 0), '1:/rj2m0+qhj3OFnZzXV/ToewxvVc='],
  ['fe80:0:0:0:223:55ff:fe9c:7326', 'ff02:0:0:0:0:0:0:16', 58, 0, icmp(143, 0), '1:TT7le/E1kgi5Htdf0YR7WoRHkO8='],
  // protocols whose ports are no part of it: ESP, GRE, IGMP, DCCP
  ['190.0.0.1', '190.0.0.3', 50, 0, 0, '1:4vq3pyvC4UlzTqlQVaqvAJodeXA='],
  ['1.1.1.1', '2.2.2.2', 47, 0, 0, '1:Z/19O7bkIOPCMQpQwH4v5KTGHZ8='],
  ['0.0.0.0', '224.0.0.22', 2, 0, 0, '1:Pi7OjGajZM3BrD1EpZ7gUyWDaZY='],
  ['139.133.209.65', '139.133.209.176', 33, 32_775, 5001, '1:QLCjojVJKhTepIzu1+EMrM+Fffo='],
];

describe('communityId', () => {
  it.each(VECTORS)('%s → %s, protocol %i, %i → %i', (source, destination, protocol, from, to, id) => {
    const isV6 = source.includes(':');
    const [sourceOctets, destinationOctets] = [source, destination].map(isV6 ? ip6 : ip4) as [Buffer, Buffer];
    const both = Buffer.concat([Buffer.from('xyz'), destinationOctets, sourceOctets]);
    const length = isV6 ? 16 : 4;
    expect(communityId(both, 3 + length, both, 3, length, protocol, from, to)).toBe(id);
    expect(communityId(sourceOctets, 0, destinationOctets, 0, length, protocol, from, to, 0)).toBe(id);
  });

  it('of equal addresses is ordered by port', () => {
    const address = ip4('127.0.0.1');
    const one = communityId(address, 0, address, 0, 4, 17, 5000, 53);
    expect(communityId(address, 0, address, 0, 4, 17, 53, 5000)).toBe(one);
  });

  it('depends on the seed', () => {
    const [source, destination] = [ip4('10.0.0.1'), ip4('10.0.0.2')];
    const ids = [0, 1, 65_535].map((seed) => communityId(source, 0, destination, 0, 4, 6, 1, 2, seed));
    expect(new Set(ids).size).toBe(3);
  });
});
