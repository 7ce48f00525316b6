#!/usr/bin/env node
// Fills the tables of docs/information-elements.md and docs/profiles.md in from what the build in dist/ exports.
//
//   node scripts/generate-element-docs.mjs           writes the pages
//   node scripts/generate-element-docs.mjs --check   exits 1 when a page is not what would be written
//
// A page's own text stands outside of the marks <!-- table: NAME --> and <!-- /table -->; only what is between changes.
import { format, resolveConfig } from 'prettier';

import { built, fillTables, table, textOf, writeOrCheck } from './lib/generated.mjs';

const { flowFields } = await built('export/fields/flow-fields.js');
const { fieldSpecifiers } = await built('export/ipfix/ipfix-template.js');
const { Condition } = await built('export/fields/conditions.js');
const { keyOf } = await built('export/fields/export-field.js');
const { METADATA_FAMILIES } = await built('export/fields/metadata-fields.js');
const { INSPECTION } = await built('export/inspection.js');
const { OPTIONS_RECORDS } = await built('export/options/options-records.js');
const { PROFILE_NAMES, profileNamed } = await built('export/profiles/index.js');
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
  [Condition.LargeCounters, 'large counters'],
  [Condition.Tunnel, 'decapsulated'],
  [Condition.SegmentId, 'decapsulated VXLAN or NVGRE'],
  [Condition.GeneveId, 'decapsulated GENEVE'],
  [Condition.GreKey, 'decapsulated GRE with a key'],
  [Condition.GtpuTeid, 'decapsulated GTP-U'],
  [Present.Label, 'a label'],
  [Present.Payload, 'payload'],
  [Present.Reverse, 'reverse packets'],
];

const ENTERPRISES = new Map([
  [IANA_PEN, 'IANA'],
  [REVERSE_PEN, '29305 (reverse)'],
  [CERT_PEN, '6871 (CERT)'],
  [6876, '6876 (VMware)'],
  [8057, '8057 (CESNET)'],
]);

const VARIABLE_LENGTH = 65_535;
const model = new InformationModel();
const fieldsOf = (profile) => flowFields({ profile, ingressInterface: true });
const fields = fieldsOf('full');
/** Entropy and payload, which are measured when that is asked for. */
const payload = { entropyOctets: 1, exportOctets: 1, memoryOctets: 0 };
const payloadFields = flowFields({
  format: 'ipfix',
  profile: 'full',
  inspected: { labels: false, payload, by: INSPECTION },
}).filter(({ when = 0 }) => when & Present.Payload);
const metadataFields = (profile) =>
  flowFields({ format: 'ipfix', profile, inspected: { labels: true, payload: null, by: INSPECTION } }).filter(
    ({ family, when = 0 }) => family !== undefined || when & Present.Label,
  );
const isElement = ({ textType }) => textType === undefined;

function presence({ element, family, when = 0, unless = 0 }) {
  if (family !== undefined) return METADATA_FAMILIES[family].map((name) => `\`${name}\``).join(', ');
  if (element === 'ingressInterface' || element === 'egressInterface') return '`--interface-in-key`';
  const words = [...conditionWords(element, when), ...conditionWords(element, unless).map((text) => `no ${text}`)];
  return words.length === 0 ? 'always' : words.join(', ');
}

function conditionWords(element, condition) {
  const words = CONDITIONS.filter(([bit]) => (condition & bit) !== 0);
  if (words.reduce((sum, [bit]) => sum | bit, 0) !== condition)
    throw new Error(`${element}: condition ${condition} has no words`);
  return words.map(([, text]) => text);
}

function enterprise(pen) {
  const name = ENTERPRISES.get(pen);
  if (name === undefined) throw new Error(`enterprise ${pen} has no name`);
  return name;
}

function elementRow({ element: { name, id, pen, type }, octets }, last) {
  return [`\`${name}\``, id, enterprise(pen), type, octets === VARIABLE_LENGTH ? 'variable' : octets, ...last];
}

function elementTable(chosen) {
  const specifiers = fieldSpecifiers(chosen, model);
  const rows = chosen.map((field, n) => elementRow(specifiers[n], [presence(field)]));
  return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', 'Present when'], rows);
}

/** All elements, and which of the other profiles have them, too. */
function flowTable() {
  const chosen = fields.filter(isElement);
  const specifiers = fieldSpecifiers(chosen, model);
  const plain = (element) => element.replace(/TotalCount$/, 'DeltaCount');
  const profiles = ['standard', 'cert'].map((name) => [name, fieldsOf(name).map(({ element }) => plain(element))]);
  const rows = chosen.map((field, n) => {
    const within = profiles.filter(([, elements]) => elements.includes(field.element)).map(([name]) => name);
    return elementRow(specifiers[n], [presence(field), within.join(', ')]);
  });
  return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', 'Present when', 'Also in'], rows);
}

function optionsTable() {
  const rows = OPTIONS_RECORDS.flatMap(({ id, specifiers, template }) => {
    const scopeFields = Buffer.from(template).readUInt16BE(4);
    return specifiers.map((each, n) => [n === 0 ? id : '', ...elementRow(each, [n < scopeFields ? 'scope' : ''])]);
  });
  return table(['Template', 'Element', 'Number', 'Enterprise', 'Type', 'Octets', ''], rows);
}

/** Keys of a profile for JSON, and what they hold. */
function keyTable(profile) {
  const measured = new Set(fields.map(({ element }) => element));
  const rows = fieldsOf(profile).map((field) => {
    const { element, text } = field;
    // The host's name differs from host to host.
    const value = /hostname$/.test(keyOf(field)) ? 'name of the host' : text === undefined ? '' : `\`${text}\``;
    return [`\`${keyOf(field)}\``, measured.has(element) ? `\`${element}\`` : value, presence(field)];
  });
  return table(['Key', 'Value', 'Present when'], rows);
}

const TABLES = {
  flows: flowTable,
  times: () => {
    const rows = ['us', 'ns'].flatMap((time) => {
      const chosen = flowFields({ time }).filter(({ element }) => /(Start|End)(Micro|Nano)seconds$/.test(element));
      return fieldSpecifiers(chosen, model).map((each) => elementRow(each, [`\`--time ${time}\``]));
    });
    return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', 'With'], rows);
  },
  metadata: () => {
    const chosen = metadataFields('full').filter(isElement);
    const standard = metadataFields('standard').map(({ element }) => element);
    const specifiers = fieldSpecifiers(chosen, model);
    const rows = chosen.map((field, n) =>
      elementRow(specifiers[n], [presence(field), standard.includes(field.element) ? 'standard' : '']),
    );
    return table(['Element', 'Number', 'Enterprise', 'Type', 'Octets', 'Present with', 'Also in'], rows);
  },
  payload: () => elementTable(payloadFields),
  text: () => {
    const rows = fields
      .filter((field) => !isElement(field))
      .map((field) => [`\`${field.element}\``, field.textType, presence(field)]);
    return table(['Name', 'Type', 'Present when'], rows);
  },
  options: optionsTable,
  profiles: () => {
    const rows = PROFILE_NAMES.map((name) => [
      `\`${name}\``,
      profileNamed(name).description,
      profileNamed(name).counters,
    ]);
    return table(['Profile', 'What it is', 'Counters'], rows);
  },
  standard: () => elementTable(fieldsOf('standard').filter(isElement)),
  cert: () => elementTable(fieldsOf('cert').filter(isElement)),
  eve: () => keyTable('eve'),
  ecs: () => keyTable('ecs'),
};

/** Which tables stand on which page. */
const PAGES = {
  'information-elements.md': ['flows', 'times', 'metadata', 'payload', 'text', 'options'],
  'profiles.md': ['profiles', 'standard', 'cert', 'eve', 'ecs'],
};

for (const [name, tables] of Object.entries(PAGES)) {
  const page = new URL(`../docs/${name}`, import.meta.url);
  const chosen = Object.fromEntries(tables.map((each) => [each, TABLES[each]]));
  const wanted = fillTables(textOf(page), chosen, `docs/${name}`);
  writeOrCheck(page, await format(wanted, { ...(await resolveConfig(page)), parser: 'markdown' }), import.meta.url);
}
