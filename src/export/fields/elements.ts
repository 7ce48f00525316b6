import type { AbstractDataType, InformationElement, InformationModel } from '../../ipfix/information-model.js';

/** The Information Element of that name; an Error when there is none: the table of fields is wrong. */
export function elementNamed(name: string, model: InformationModel): InformationElement {
  const element = model.find(name);
  if (element === undefined) throw new Error(`no Information Element is named ${name}`);
  return element;
}

/** Octets of each type whose length is fixed (RFC 7011 §6.1); null for the others. */
const TYPE_OCTETS: Readonly<Record<AbstractDataType, number | null>> = {
  octetArray: null,
  unsigned8: 1,
  unsigned16: 2,
  unsigned32: 4,
  unsigned64: 8,
  signed8: 1,
  signed16: 2,
  signed32: 4,
  signed64: 8,
  float32: 4,
  float64: 8,
  boolean: 1,
  macAddress: 6,
  string: null,
  dateTimeSeconds: 4,
  dateTimeMilliseconds: 8,
  dateTimeMicroseconds: 8,
  dateTimeNanoseconds: 8,
  ipv4Address: 4,
  ipv6Address: 16,
  basicList: null,
  subTemplateList: null,
  subTemplateMultiList: null,
};

/** Octets of a value of the element in full length; an Error for elements without a fixed length. */
export function naturalOctets(element: InformationElement): number {
  const octets = TYPE_OCTETS[element.type];
  if (octets === null) throw new Error(`${element.name}: values of type ${element.type} have no fixed length`);
  return octets;
}
