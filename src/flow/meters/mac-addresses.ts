import { Fact } from '../../decode/decoded-batch.js';
import { Base, Format, Present } from '../flow-field.js';
import type { Meter } from '../meter.js';

/** MAC addresses of the flow's first packet: three words, destination then source as on the wire; all zero where the link has none. */
export const macAddresses: Meter = {
  name: 'macAddresses',
  words: 3,
  fields: [
    { element: 'sourceMacAddress', base: Base.Meter, source: 1, format: Format.Mac, shift: 16, when: Present.Ethernet },
    { element: 'destinationMacAddress', base: Base.Meter, source: 0, format: Format.Mac, when: Present.Ethernet },
  ],

  update(batch, _from, _to, store, offset) {
    const { first, firsts, flow, facts, linkOffset, view } = batch;
    const { extension, extensionWords } = store;
    for (let j = 0; j < firsts; j++) {
      const k = first[j];
      if (flow[k] & 1) continue;
      const w = (flow[k] >>> 1) * extensionWords + offset;
      const ethernet = (facts[k] & Fact.Ethernet) !== 0;
      for (let n = 0; n < 3; n++) extension[w + n] = ethernet ? view.getInt32(linkOffset[k] + 4 * n) : 0;
    }
  },
};
