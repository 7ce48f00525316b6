import { Base, Format, Present } from '../../../src/flow/flow-field.js';
import type { Meter } from '../../../src/flow/meter.js';

/** Packets with payload: two words, forward and reverse. */
export const nonEmptyPackets: Meter = {
  name: 'nonEmptyPackets',
  words: 2,
  fields: [
    { element: 'nonEmptyPacketCount', base: Base.Meter, source: 0, format: Format.Unsigned },
    {
      element: 'reverseNonEmptyPacketCount',
      base: Base.Meter,
      source: 1,
      format: Format.Unsigned,
      when: Present.Reverse,
    },
  ],

  update(batch, from, to, store, offset) {
    const { first, firsts, flow, payloadLength } = batch;
    const { extension, extensionWords } = store;
    // Rows are used again: the first packet of a flow sets all words.
    for (let j = 0; j < firsts; j++) {
      const k = first[j];
      if (flow[k] & 1) continue;
      const w = (flow[k] >>> 1) * extensionWords + offset;
      extension[w] = 0;
      extension[w + 1] = 0;
    }
    for (let k = from; k < to; k++) {
      if (payloadLength[k] !== 0) extension[(flow[k] >>> 1) * extensionWords + offset + (flow[k] & 1)]++;
    }
  },
};
