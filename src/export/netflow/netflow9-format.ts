import type { ExporterUptime } from './exporter-uptime.js';
import type { MessageFormat } from '../ipfix/message-format.js';

/** Offsets and numbers of an Export Packet (RFC 3954 §5.1) and its FlowSets (§5.2). */
const enum Layout {
  Version = 9,
  VersionAt = 0,
  CountAt = 2,
  UptimeAt = 4,
  SecondsAt = 8,
  SequenceAt = 12,
  SourceIdAt = 16,
  HeaderOctets = 20,
  TemplateFlowSet = 0,
  OptionsTemplateFlowSet = 1,
  Alignment = 4,
}

/** NetFlow v9 whose times count by that clock. */
export function netflow9Format(uptime: ExporterUptime): MessageFormat {
  return {
    headerOctets: Layout.HeaderOctets,
    templateSetId: Layout.TemplateFlowSet,
    optionsTemplateSetId: Layout.OptionsTemplateFlowSet,
    setAlignment: Layout.Alignment,
    sequence: { offset: Layout.SequenceAt, domainOffset: Layout.SourceIdAt, unit: 'messages' },
    writeHeader(view, { records, templates, timeMs, sequence, observationDomainId }) {
      view.setUint16(Layout.VersionAt, Layout.Version);
      view.setUint16(Layout.CountAt, records + templates);
      view.setUint32(Layout.UptimeAt, uptime.at(timeMs));
      view.setUint32(Layout.SecondsAt, timeMs / 1000);
      view.setUint32(Layout.SequenceAt, sequence);
      view.setUint32(Layout.SourceIdAt, observationDomainId);
    },
  };
}
