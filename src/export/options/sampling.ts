import { defineOptions } from './options-record.js';

const SELECTOR_ID = 1;
/** Systematic count-based Sampling (RFC 5477 §8.2.2), of which "every packet" is the plainest case. */
const SYSTEMATIC_COUNT_BASED = 1;

/** That all packets were metered: one packet selected, none left out (RFC 5477 §8.2). */
export const sampling = defineOptions({
  id: 0xd103,
  occasion: 'constant',
  scope: ['observationDomainId', 'selectorId'],
  elements: ['selectorAlgorithm', 'samplingPacketInterval', 'samplingPacketSpace'],
  values: ({ exporter }) => [[exporter.observationDomainId, SELECTOR_ID, SYSTEMATIC_COUNT_BASED, 1, 0]],
});
