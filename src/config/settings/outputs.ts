import { TIME_UNITS } from '../../export/fields/flow-fields.js';
import { OUTPUT_ENDINGS, STANDARD_OUTPUT } from '../../export/output-schemes.js';
import { BOTH, setting } from '../setting.js';
import { choice, list, onOff, whole } from '../value-types.js';

/** Where records go, and how they say what they say. */
export const OUTPUTS = {
  outputs: setting({
    type: list('URI, file name, or `-`', 'to'),
    option: 'output',
    alias: 'o',
    standard: STANDARD_OUTPUT,
    help: `Where records go: a URI such as ipfix+udp://collector:4739, a file by its ending (${OUTPUT_ENDINGS.join(', ')}, with .gz or .zst compressed), '-' for JSON lines on standard output. Options behind '?', see docs/outputs.md. Repeat it for several`,
    more: 'Each has options of its own: see [outputs](outputs.md). A file that is there is overwritten. In the configuration file an item is a text, or a map of `to` and the options of the output.',
    commands: BOTH,
    reloads: true,
  }),
  'records.uniflow': setting({
    type: onOff(),
    option: 'uniflow',
    standard: 'false',
    help: 'Two records for a flow in both directions',
    more: 'They have no reverse elements.',
    commands: BOTH,
    reloads: true,
  }),
  'records.time': setting({
    type: choice(TIME_UNITS),
    option: 'time',
    standard: 'ms',
    help: 'Resolution of time stamps',
    more: '`flowStartMilliseconds`, `…Microseconds` or `…Nanoseconds`. Inside it is nanoseconds always.',
    commands: BOTH,
    reloads: true,
  }),
  'records.observationDomain': setting({
    type: whole(0, 0xffff_ffff),
    option: 'observation-domain',
    standard: '0',
    help: 'Observation domain id',
    more: 'Of IPFIX messages (RFC 7011 §3.1). `weir print --format silk` shows it as sensor.',
    commands: BOTH,
    reloads: true,
  }),
};
