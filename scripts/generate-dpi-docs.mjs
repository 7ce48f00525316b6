#!/usr/bin/env node
// Fills the tables of docs/dpi.md in from the protocols that the build in dist/ has.
//
//   node scripts/generate-dpi-docs.mjs           writes the page
//   node scripts/generate-dpi-docs.mjs --check   exits 1 when the page is not what would be written
import { format, resolveConfig } from 'prettier';

import { built, fillTables, table, textOf, writeOrCheck } from './lib/generated.mjs';

const page = new URL('../docs/dpi.md', import.meta.url);

const { REGISTRY } = await built('dpi/registry.js');
const { EVIDENCE_OWNER, INSPECTION_OWNER, PAYLOAD_OWNER } = await built('dpi/registry.js');
const { PROTOCOL_DETAILS } = await built('export/ipfix/yaf/yaf-details.js');
const { ElementType, Transport } = await built('dpi/protocol.js');

const TRANSPORTS = new Map([
  [Transport.Tcp, 'TCP'],
  [Transport.Udp, 'UDP'],
  [Transport.Both, 'TCP, UDP'],
]);
const TYPES = new Map([
  [ElementType.Text, 'text'],
  [ElementType.Octets, 'hexadecimal'],
  [ElementType.Unsigned, 'number'],
  [ElementType.Ipv4, 'IPv4 address'],
  [ElementType.Ipv6, 'IPv6 address'],
  [ElementType.Group, 'object'],
  [ElementType.Flag, 'true or false'],
  [ElementType.Seconds, 'time'],
  [ElementType.Milliseconds, 'time'],
]);
const code = (text) => `\`${text}\``;
const OTHERS = [EVIDENCE_OWNER, INSPECTION_OWNER, PAYLOAD_OWNER];
const elements = REGISTRY.elements.filter(({ owner }) => !OTHERS.includes(owner));
const pathOf = ({ within, name }) => code(within === undefined ? name : `${within}.${name}`);

const TABLES = {
  protocols: () => {
    const rows = REGISTRY.all.map(({ protocol, label }) => [
      code(protocol.name),
      label,
      protocol.title,
      TRANSPORTS.get(protocol.transports),
      protocol.evidence.replaceAll('|', '\\|'),
      (protocol.refines ?? []).map(code).join(', '),
    ]);
    return table(['Label', 'Number', 'Protocol', 'Over', 'Recognised by', 'Refined to'], rows);
  },
  elements: () => {
    const rows = elements.map(({ element, owner }) => [
      code(owner),
      pathOf(element),
      `${element.many ? 'list of ' : ''}${TYPES.get(element.type)}`,
      element.ie === undefined ? '' : code(element.ie),
      element.secret ? 'masked' : '',
    ]);
    return table(['Protocol', 'Name in JSON', 'Type', 'Information Element', ''], rows);
  },
  secrets: () => {
    const rows = elements
      .filter(({ element }) => element.secret)
      .map(({ element, owner }) => [code(owner), pathOf(element)]);
    return table(['Protocol', 'Masked'], rows);
  },
  yaf: () => {
    const rows = PROTOCOL_DETAILS.flatMap(({ protocols, templates }) =>
      templates.map(({ id, fields }, n) => [
        n === 0 ? protocols.map(code).join(', ') : '',
        code(`0x${id.toString(16).toUpperCase()}`),
        fields.map(({ content }) => content).join(', '),
      ]),
    );
    return table(['Protocol', 'Template', 'Fields'], rows);
  },
};

const wanted = fillTables(textOf(page), TABLES, 'docs/dpi.md');
writeOrCheck(page, await format(wanted, { ...(await resolveConfig(page)), parser: 'markdown' }), import.meta.url);
