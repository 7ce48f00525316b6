import { Path } from '../flow-state.js';
import { REGISTRY } from '../registry.js';
import type { RuleName } from './rule-tables.js';

const PROTOCOLS = REGISTRY.all.length;

/**
 * The labels that rules give beside those of the protocols, of this process. A label keeps its place for as long as the
 * process runs, since records of flows that began before a reload still name it; so the list only grows, up to its bound.
 */
class RuleNames {
  private readonly list: RuleName[] = [];

  /** Labels that there is still room for. */
  get room(): number {
    return Path.Mask - PROTOCOLS - this.list.length;
  }

  get all(): readonly RuleName[] {
    return this.list;
  }

  /** The label of a place, null for those of protocols. */
  at(place: number): RuleName | null {
    return this.list[place - PROTOCOLS - 1] ?? null;
  }

  /** Place of the label, which is listed when it is new; 0 when there is no room. */
  add(name: string, number: number): number {
    for (const each of this.list) if (each.name === name && each.number === number) return each.place;
    if (this.room <= 0) return 0;
    const place = PROTOCOLS + this.list.length + 1;
    this.list.push({ place, name, number });
    return place;
  }

  /** Takes over what another thread has listed: the same labels at the same places. */
  adopt(names: readonly RuleName[]): void {
    for (const each of names) this.list[each.place - PROTOCOLS - 1] ??= each;
  }
}

export const RULE_NAMES = new RuleNames();
