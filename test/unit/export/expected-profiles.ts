import { Tunnel } from '../../../src/decode/tunnel/tunnels.js';
import type { CounterKind } from '../../../src/export/fields/flow-fields.js';
import type { FlowDescription, Moment } from './closed-records.js';
import { expectedElements, type ExpectedOptions, type Values } from './expected-records.js';

/** What the records of a described flow must say in each profile, worked out without the profiles' tables. */

export interface ProfileOptions extends ExpectedOptions {
  readonly profile: 'standard' | 'cert' | 'full';
  readonly counters?: CounterKind;
}

/** Elements of enterprises: `standard` has none. */
const NOT_STANDARD = /lowAttributes$|nitialTCPFlags$|nionTCPFlags$|^tunnel|^yaf/;

export function expectedProfile(flow: FlowDescription, options: ProfileOptions): Values[] {
  const { profile, counters = profile === 'cert' ? 'total' : 'delta' } = options;
  const all = expectedElements(flow, options);
  const chosen = all.map((values, half) => {
    if (profile === 'cert') return certValues(values, flow, half === 1, options);
    return profile === 'standard' ? without(values, NOT_STANDARD) : values;
  });
  return counters === 'delta' ? chosen : chosen.map(totals);
}

function without(values: Values, names: RegExp): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.test(name)));
}

function totals(values: Values): Values {
  const renamed = Object.entries(values).map(([name, value]) => [name.replace(/DeltaCount$/, 'TotalCount'), value]);
  return Object.fromEntries(renamed) as Values;
}

const IN_CERT =
  /^flow(Start|End)[MN]|IPv[46]Address$|TransportPort$|DeltaCount$|lowAttributes$|^protocolId|^flowEndReason$|TCPFlags$|cpSequenceNumber$|pClassOfService$|^ingressInterface$/;
const LABELS = ['mplsTopLabelStackSection', 'mplsLabelStackSection2', 'mplsLabelStackSection3'];

function certValues(values: Values, flow: FlowDescription, isTurned: boolean, options: ProfileOptions): Values {
  const { reverse, labels } = flow;
  const cert: Values = Object.fromEntries(
    Object.entries(values).filter(([name]) => IN_CERT.test(name) && !name.startsWith('tunnel')),
  );
  cert.silkAppLabel = 0;
  cert.vlanId = flow.vlans?.[0] ?? 0;
  cert.subTemplateMultiList = { semantic: 'allOf', lists: [] };
  if (options.interfaceInKey === true) cert.egressInterface = 0;
  if (reverse !== null && options.uniflow !== true && !isTurned) {
    cert.reverseVlanId = cert.vlanId;
    const [name, delta] = reverseDelta(flow.forward.start, reverse.start, options.time ?? 'ms');
    cert[name] = delta;
  }
  if (labels.length > 0) {
    LABELS.forEach((element, n) => (cert[element] = (labels[n] ?? 0).toString(16).padStart(6, '0')));
  }
  const segment = segmentId(flow);
  if (segment !== null) cert.yafLayer2SegmentId = segment;
  return cert;
}

function reverseDelta(from: Moment, to: Moment, time: 'ms' | 'us' | 'ns'): [string, number] {
  const atLeast0 = (delta: number): number => Math.max(0, delta);
  switch (time) {
    case 'ms': {
      const delta = atLeast0(Math.floor(to.us / 1000) - Math.floor(from.us / 1000));
      return ['reverseFlowDeltaMilliseconds', Math.min(delta, 0xffff_ffff)];
    }
    case 'us':
      return ['reverseFlowDeltaMicroseconds', atLeast0(to.us - from.us)];
    case 'ns':
      return ['reverseFlowDeltaNanoseconds', atLeast0((to.us - from.us) * 1000 + to.ns - from.ns)];
  }
}

/** GENEVE before the others, the innermost of a kind. */
function segmentId({ tunnel }: FlowDescription): number | null {
  const layers = tunnel?.layers ?? [];
  const geneve = layers.findLast(({ kind }) => kind === Tunnel.Geneve);
  if (geneve !== undefined) return 0x03000000 + geneve.id;
  const other = layers.findLast(({ kind }) => kind === Tunnel.Vxlan || kind === Tunnel.Nvgre);
  return other === undefined ? null : (other.kind === Tunnel.Vxlan ? 0x01000000 : 0x02000000) + other.id;
}
