import { APPLICATION_ENGINE } from '../dpi/flow-state.js';
import { REGISTRY } from '../dpi/registry.js';
import { RULE_NAMES } from '../dpi/rules/rule-names.js';
import type { ExportedApplication } from '../export/options/options-record.js';

/** The applications that labels may name, those of rules among them, with the ids that `applicationId` has for them. */
export function exportedApplications(): ExportedApplication[] {
  const protocols = REGISTRY.all.map(({ protocol, label }) => applicationOf(protocol.name, label));
  return [...protocols, ...RULE_NAMES.all.map(({ name, number }) => applicationOf(name, number))];
}

const LABELS = new Map(REGISTRY.all.map(({ protocol, label }) => [label, protocol.name]));

/** Name of the label with that number. */
export function applicationNamed(label: number): string | undefined {
  return LABELS.get(label) ?? RULE_NAMES.all.find(({ number }) => number === label)?.name;
}

function applicationOf(name: string, number: number): ExportedApplication {
  const id = Buffer.alloc(4);
  id.writeInt32BE(APPLICATION_ENGINE | number);
  return { id, name };
}
