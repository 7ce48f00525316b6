import { ABSTRACT_DATA_TYPES, DATA_TYPE_SEMANTICS } from '../../ipfix/information-model.js';
import { defineOptions } from './options-record.js';

/** RFC 5610 §3.7, "IPFIX Information Element Units"; 0 for none. */
const UNITS: readonly string[] = [
  '',
  'bits',
  'octets',
  'packets',
  'flows',
  'seconds',
  'milliseconds',
  'microseconds',
  'nanoseconds',
  '4-octet words',
  'messages',
  'hops',
  'entries',
  'frames',
];

/** Name and type of the elements that are not IANA's (RFC 5610 §3.9), for readers that do not know them. */
export const elementTypes = defineOptions({
  id: 0xd104,
  occasion: 'constant',
  scope: ['privateEnterpriseNumber', 'informationElementId'],
  elements: [
    'informationElementDataType',
    'informationElementSemantics',
    'informationElementUnits',
    'informationElementName',
  ],
  values: ({ enterpriseElements }) =>
    enterpriseElements.map(({ pen, id, type, semantics, units, name }) => [
      pen,
      id,
      ABSTRACT_DATA_TYPES.indexOf(type),
      DATA_TYPE_SEMANTICS.indexOf(semantics),
      Math.max(0, UNITS.indexOf(units)),
      name,
    ]),
});
