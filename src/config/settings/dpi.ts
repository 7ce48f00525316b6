import { DEFAULT_DPI_MEMORY_OCTETS } from '../../dpi/dpi-settings.js';
import { EXTRACTED } from '../../dpi/extracted.js';
import { PayloadBound } from '../../dpi/payload-settings.js';
import { BOTH, setting } from '../setting.js';
import { list, namesOr, octets, onOff, size } from '../value-types.js';

/** Whether payload is looked into, and how far. */
export const DPI = {
  'dpi.inspect': setting({
    type: namesOr(EXTRACTED, ['off', 'labels', 'all']),
    option: 'dpi',
    bare: 'all',
    standard: 'off',
    help: "Inspect payload: 'labels' for application labels; 'all' (when no value follows) for metadata too; or a list of protocols to take metadata from",
    commands: BOTH,
    reloads: false,
  }),
  'dpi.labels': setting({
    type: list('file, `default` or `none`'),
    option: 'labels',
    standard: 'default',
    help: 'Rules that name services by host, payload, network or port; repeat it for several files',
    more: '`default` is the list that comes with weir, `none` stands for no rules. The first rule that fits counts.',
    commands: BOTH,
    reloads: true,
  }),
  'dpi.memory': setting({
    type: size('1MiB', '4GiB'),
    option: 'dpi-memory',
    standard: `${DEFAULT_DPI_MEMORY_OCTETS / 1_048_576}MiB`,
    help: 'Bound on payload, state and metadata that is kept of flows',
    more: 'Shared out among the workers. What finds no room is counted, and not inspected.',
    commands: BOTH,
    reloads: false,
  }),
  'dpi.labelByPort': setting({
    type: onOff(),
    option: 'label-by-port',
    standard: 'false',
    help: 'Label flows that inspection does not recognise by their port',
    more: 'Such labels are marked.',
    commands: BOTH,
    reloads: false,
  }),
  'dpi.secrets': setting({
    type: onOff(),
    option: 'dpi-secrets',
    standard: 'false',
    help: 'Do not mask passwords, cookies and the like',
    commands: BOTH,
    reloads: false,
  }),
};

/** Octets that entropy is computed over when nothing else is said. */
const ENTROPY_OCTETS = 1_024;

/** What is measured of payload without looking into it. */
export const PAYLOAD = {
  'payload.entropy': setting({
    type: octets(0, PayloadBound.Octets),
    option: 'entropy',
    bare: String(ENTROPY_OCTETS),
    standard: '0',
    help: `Measure the entropy of payload in each direction, over its first octets: ${ENTROPY_OCTETS} when no number follows, 0 for none`,
    commands: BOTH,
    reloads: false,
  }),
  'payload.export': setting({
    type: octets(0, PayloadBound.Octets),
    option: 'export-payload',
    standard: '0',
    help: 'Export the first octets of payload of each direction as they are: how many',
    more: 'Nothing in them is masked.',
    commands: BOTH,
    reloads: false,
  }),
};
