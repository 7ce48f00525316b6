#!/usr/bin/env node
// Fills the tables of docs/information-elements.md in from what the build in dist/ exports.
//
//   node scripts/generate-element-docs.mjs           writes the page
//   node scripts/generate-element-docs.mjs --check   exits 1 when the page is not what would be written
//
// The page's own text stands outside of the marks <!-- table: NAME --> and <!-- /table -->; only what is between changes.
import { format, resolveConfig } from 'prettier';

import { built, fillTables, table, textOf, writeOrCheck } from './lib/generated.mjs';

const page = new URL('../docs/information-elements.md', import.meta.url);

const { flowFields } = await built('export/flow-fields.js');
const { fieldSpecifiers } = await built('export/ipfix-template.js');
const { Condition } = await built('export/conditions.js');
const { STATISTICS_RECORD } = await built('export/statistics-record.js');
const { Present } = await built('flow/flow-field.js');
const { InformationModel, CERT_PEN, IANA_PEN, REVERSE_PEN } = await built('ipfix/information-model.js');

/** What the bits of a condition mean; a field with several shows them in this order. */
const CONDITIONS = [
  [Present.Tcp, 'TCP'],
  [Present.Icmp, 'ICMP'],
  [Present.Ipv4, 'IPv4'],
  [Present.Ipv6, 'IPv6'],
  [Present.Ethernet, 'Ethernet'],
  [Present.Vlan, 'a VLAN tag'],
  [Condition.OuterVlan, 'a second VLAN tag'],
  [Present.Mpls, 'MPLS'],
  [Condition.SecondLabel, 'a second label'],
  [Condition.ThirdLabel, 'a third label'],
  [Present.TunnelIpv4, 'decapsulated from IPv4'],
  [Present.TunnelIpv6, 'decapsulated from IPv6'],
  [Condition.Tunnel, 'decapsulated'],
  [Condition.SegmentId, 'decapsulated VXLAN or NVGRE'],
  [Condition.GeneveId, 'decapsulated GENEVE'],
  [Condition.GreKey, 'decapsulated GRE with a key'],
  [Condition.GtpuTeid, 'decapsulated GTP-U'],
  [Present.Reverse, 'reverse packets'],
];

const ENTERPRISES = new Map([
  [IANA_PEN, 'IANA'],
  [REVERSE_PEN, '29305 (reverse)'],
  [CERT_PEN, '6871 (CERT)'],
  [6876, '6876 (VMware)'],
]);

const model = new InformationModel();
const fields = flowFields({ ingressInterface: true });
const isElement = ({ textType }) => textType === undefined;

function presence({ element, when = 0 }) {
  if (element === 'ingressInterface') return '`--interface-in-key`';
  if (when === 0) return 'always';
  const words = CONDITIONS.filter(([bit]) => (when & bit) !== 0);
  if (words.reduce((sum, [bit]) => sum | bit, 0) !== when)
    throw new Error(`${element}: condition ${when} has no words`);
  return words.map(([, text]) => text).join(', ');
}

function enterprise(pen) {
  const name = ENTERPRISES.get(pen);
  if (name === undefined) throw new Error(`enterprise ${pen} has no name`);
  return name;
}

function elementRow({ element: { name, id, pen, type }, octets }, last) {
  return [`\`${name}\``, id, enterprise(pen), type, octets, ...last];
}

function elementTable(chosen) {
  const specifiers = fieldSpecifiers(chosen, model);
  const rows = chosen.map((field, n) => elementRow(specifiers[n], [presence(field)]));
  return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', 'Present when'], rows);
}

/** The Options Template (RFC 7011 §3.4.2) with which the statistics are really written. */
function statisticsTemplate() {
  const record = Buffer.from(STATISTICS_RECORD.template);
  const specifiers = [];
  for (let at = 6; at < record.length;) {
    const id = record.readUInt16BE(at);
    const isEnterprise = (id & 0x8000) !== 0;
    const pen = isEnterprise ? record.readUInt32BE(at + 4) : IANA_PEN;
    specifiers.push({ element: model.lookup(pen, id & 0x7fff), octets: record.readUInt16BE(at + 2) });
    at += isEnterprise ? 8 : 4;
  }
  return { scopeFields: record.readUInt16BE(4), specifiers };
}

const TABLES = {
  flows: () => elementTable(fields.filter(isElement)),
  times: () => {
    const rows = ['us', 'ns'].flatMap((time) => {
      const chosen = flowFields({ time }).filter(({ element }) => /(Start|End)(Micro|Nano)seconds$/.test(element));
      return fieldSpecifiers(chosen, model).map((each) => elementRow(each, [`\`--time ${time}\``]));
    });
    return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', 'With'], rows);
  },
  text: () => {
    const rows = fields
      .filter((field) => !isElement(field))
      .map((field) => [`\`${field.element}\``, field.textType, presence(field)]);
    return table(['Name', 'Type', 'Present when'], rows);
  },
  statistics: () => {
    const { scopeFields, specifiers } = statisticsTemplate();
    const rows = specifiers.map((each, n) => elementRow(each, [n < scopeFields ? 'scope' : '']));
    return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', ''], rows);
  },
};

const wanted = fillTables(textOf(page), TABLES, 'docs/information-elements.md');
writeOrCheck(page, await format(wanted, { ...(await resolveConfig(page)), parser: 'markdown' }), import.meta.url);
