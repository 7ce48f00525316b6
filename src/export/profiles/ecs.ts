import { hostname } from 'node:os';
import { Present } from '../../flow/flow-field.js';
import { EndReason, F, W } from '../../flow/flow-record.js';
import { Condition } from '../fields/conditions.js';
import { DerivedFormat } from '../fields/export-field.js';
import { literal, namesOf, PROTOCOL_NAMES, protocol, wordBits } from './json-fields.js';
import type { Profile, ProfileOverride } from './profile.js';

const ECS_VERSION = '8.11.0';

const TRANSPORTS = PROTOCOL_NAMES.map((name) => name?.toLowerCase());

const REASONS = namesOf({
  [EndReason.Idle]: 'idle timeout',
  [EndReason.Active]: 'active timeout',
  [EndReason.OfFlow]: 'end of flow detected',
  [EndReason.Forced]: 'forced end',
  [EndReason.LackOfResources]: 'lack of resources',
});

const NO_REVERSE = { unless: Present.Reverse };

/** Of both directions together. */
function sum(key: string, source: number, bits: 32 | 64): ProfileOverride {
  return { element: key, key, source, format: DerivedFormat.Sum, bits, when: Present.Reverse, textType: 'number' };
}

function mac(element: string, key: string): ProfileOverride {
  return { element, key, format: DerivedFormat.DashedMac, textType: 'string' };
}

/** Elastic Common Schema, as Elastic's own flow collectors fill it. */
export const ecs: Profile = {
  name: 'ecs',
  description: 'JSON with the keys of the Elastic Common Schema',
  counters: 'delta',
  isJson: true,
  fields: [
    { element: 'flowEndMilliseconds', key: '@timestamp' },
    literal('ecs.version', ECS_VERSION),
    literal('event.kind', 'event'),
    literal('event.category', ['network']),
    literal('event.type', ['connection', 'end']),
    literal('event.action', 'network_flow'),
    literal('event.dataset', 'weir.flow'),
    { element: 'flowStartMilliseconds', key: 'event.start' },
    { element: 'flowEndMilliseconds', key: 'event.end' },
    {
      element: 'event.duration',
      key: 'event.duration',
      source: F.Start,
      format: DerivedFormat.Duration,
      bits: 1,
      textType: 'number',
    },
    { element: 'flowEndReason', key: 'event.reason', format: DerivedFormat.Name, names: REASONS, textType: 'string' },
    { element: 'sourceIPv4Address', key: 'source.ip' },
    { element: 'sourceIPv6Address', key: 'source.ip' },
    { element: 'sourceTransportPort', key: 'source.port', unless: Present.Icmp },
    mac('sourceMacAddress', 'source.mac'),
    { element: 'packetDeltaCount', key: 'source.packets' },
    { element: 'octetDeltaCount', key: 'source.bytes' },
    { element: 'destinationIPv4Address', key: 'destination.ip' },
    { element: 'destinationIPv6Address', key: 'destination.ip' },
    { element: 'destinationTransportPort', key: 'destination.port', unless: Present.Icmp },
    mac('destinationMacAddress', 'destination.mac'),
    { element: 'reversePacketDeltaCount', key: 'destination.packets' },
    { element: 'reverseOctetDeltaCount', key: 'destination.bytes' },
    literal('network.type', 'ipv4', { when: Present.Ipv4 }),
    literal('network.type', 'ipv6', { when: Present.Ipv6 }),
    { element: 'protocolIdentifier', key: 'network.iana_number', around: ['"', '"'] },
    protocol('network.transport', TRANSPORTS),
    { element: 'applicationName', key: 'network.protocol', format: DerivedFormat.LabelProtocol },
    sum('network.packets', W.Packets, 32),
    { element: 'packetDeltaCount', key: 'network.packets', ...NO_REVERSE },
    sum('network.bytes', F.Octets, 64),
    { element: 'octetDeltaCount', key: 'network.bytes', ...NO_REVERSE },
    { element: 'communityId', key: 'network.community_id' },
    vlan('network.vlan.id', 12, Condition.OuterVlan),
    vlan('network.vlan.id', 0, Present.Vlan, Condition.OuterVlan),
    vlan('network.inner.vlan.id', 0, Condition.OuterVlan),
    literal('observer.type', 'sensor'),
    literal('observer.product', 'weir'),
    literal('observer.hostname', hostname()),
    { element: 'ingressInterface', key: 'observer.ingress.interface.id', around: ['"', '"'] },
  ],
};

/** Ids are keywords, which JSON has as strings. */
function vlan(key: string, shift: number, when: number, unless = 0): ProfileOverride {
  return { ...wordBits(key, W.Vlan, shift, 12, when, unless), around: ['"', '"'] };
}
