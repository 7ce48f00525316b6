import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const MAGIC = ascii('ZBXD');

export const zabbix: Protocol = {
  name: 'zabbix',
  title: 'Zabbix agents, servers and proxies',
  evidence: 'the header ZBXD with known flags',
  transports: Transport.Tcp,
  ports: [10050, 10051],
  first: [MAGIC[0]],
  least: 5,
  recognise: (octets, from, to): Verdict =>
    startsWith(octets, from, to, MAGIC) && (octets[from + 4] & 0xf8) === 0 ? Verdict.Match : Verdict.NoMatch,
};
