import { BOTH, setting } from '../setting.js';
import { duration, onOff, whole } from '../value-types.js';

/** What makes a flow, and when it ends. */
export const FLOW = {
  'flow.idleTimeout': setting({
    type: duration('0s', '366d'),
    option: 'idle-timeout',
    standard: '30s',
    help: 'A flow silent for longer ends',
    more: 'It ends with reason 1.',
    commands: BOTH,
    reloads: true,
  }),
  'flow.activeTimeout': setting({
    type: duration('0s', '366d'),
    option: 'active-timeout',
    standard: '30m',
    help: 'A flow that lasts longer is cut and continued',
    more: 'It ends with reason 2; its next packet begins another record.',
    commands: BOTH,
    reloads: true,
  }),
  'flow.maxFlows': setting({
    type: whole(1, 50_000_000),
    option: 'max-flows',
    standard: '2000000',
    help: 'Bound on live flows; beyond it those nearest to their idle timeout end',
    more: 'They end with reason 5. About 210 octets of memory for each flow. Without it `weir live` takes fewer where the memory of its control group or the machine is small.',
    commands: BOTH,
    reloads: false,
  }),
  'flow.vlanInKey': setting({
    type: onOff(),
    option: 'vlan-in-key',
    standard: 'true',
    help: 'VLAN ids tell flows apart',
    more: 'Without, records name no VLAN.',
    commands: BOTH,
    reloads: false,
  }),
  'flow.interfaceInKey': setting({
    type: onOff(),
    option: 'interface-in-key',
    standard: 'false',
    help: 'Capture interfaces tell flows apart',
    more: 'Records have `ingressInterface`: it counts from 1 in a replay, and is the index of the interface in `weir live`, where this is on unless it is switched off.',
    commands: BOTH,
    reloads: false,
  }),
};
