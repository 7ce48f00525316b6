import { DEFAULT_DPI_MEMORY_OCTETS } from '../../dpi/dpi-settings.js';
import { REGISTRY } from '../../dpi/registry.js';
import { BOTH, setting } from '../setting.js';
import { list, namesOr, onOff, size } from '../value-types.js';

/** Protocols that metadata can be taken from. */
export const EXTRACTED = REGISTRY.all.flatMap(({ protocol }) =>
  protocol.extractor === undefined ? [] : [protocol.name],
);

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
    help: 'Bound on payload, state and metadata of inspected flows',
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
