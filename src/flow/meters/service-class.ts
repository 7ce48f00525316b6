import { Base, Format, Present } from '../flow-field.js';
import type { Meter } from '../meter.js';

const enum Word {
  /** One word: type of service forward in bits 0–7, reverse in 8–15, VLAN priorities of the first packet above. */
  ReverseShift = 8,
  OuterPriorityShift = 16,
  InnerPriorityShift = 20,
  PriorityBits = 3,
}

/**
 * Type of service (traffic class) of the first packet of each direction, and the VLAN priorities of the first packet: of
 * the innermost tag and of the next one outside of it, which are the same where there is but one tag.
 */
export const serviceClass: Meter = {
  name: 'serviceClass',
  words: 1,
  fields: [
    { element: 'ipClassOfService', base: Base.Meter, source: 0, format: Format.Unsigned, bits: 8 },
    {
      element: 'reverseIpClassOfService',
      base: Base.Meter,
      source: 0,
      format: Format.Unsigned,
      shift: Word.ReverseShift,
      bits: 8,
      when: Present.Reverse,
    },
    {
      element: 'dot1qPriority',
      base: Base.Meter,
      source: 0,
      format: Format.Unsigned,
      shift: Word.OuterPriorityShift,
      bits: Word.PriorityBits,
      when: Present.Vlan,
    },
    {
      element: 'dot1qCustomerPriority',
      base: Base.Meter,
      source: 0,
      format: Format.Unsigned,
      shift: Word.InnerPriorityShift,
      bits: Word.PriorityBits,
      when: Present.Vlan,
    },
  ],

  update(batch, _from, _to, store, offset) {
    const { first, firsts, flow, service } = batch;
    const { extension, extensionWords } = store;
    for (let j = 0; j < firsts; j++) {
      const k = first[j];
      const w = (flow[k] >>> 1) * extensionWords + offset;
      if ((flow[k] & 1) === 0) extension[w] = service[k];
      else extension[w] |= (service[k] & 0xff) << Word.ReverseShift;
    }
  },
};
