import { itemEnd, itemNumber } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { PAYLOAD_OWNER, REGISTRY } from '../../../dpi/registry.js';
import { type ClosedFlows, ClosedW, MetadataWord } from '../../../flow/closed-flows.js';
import { Present } from '../../../flow/flow-field.js';
import { type FieldSpecifier, templateRecord } from '../ipfix-template.js';
import type { MessageWriter } from '../message-writer.js';
import {
  beginListRecords,
  beginSubTemplateMultiList,
  endList,
  endListRecords,
  ListSemantic,
  writeEmptyList,
} from '../structured-list.js';
import { DetailsWriter, NONE } from './details-writer.js';
import { PROTOCOL_TEMPLATES } from './protocol-templates.js';
import { madeWhole, octets, subTemplate, type SubTemplate, withInner, writeRecord } from './sub-template.js';

const enum Octets {
  /** A list without entries, which every record has at least. */
  EmptyList = 2,
  /** Length in three octets, and semantic. */
  List = 4,
  /** In front of the records of one Template. */
  Records = 4,
  Longest = 65_535,
}

/** Template of what a protocol has, and all that have to be known to its readers. */
interface Group {
  readonly template: SubTemplate;
  readonly all: readonly SubTemplate[];
  isAnnounced: boolean;
}

/** Entropy of both directions of the flow that is written now. */
const entropy = { forward: 0, reverse: 0 };

const PAYLOAD = REGISTRY.payloadBase;
const REVERSE_PAYLOAD = REGISTRY.payloadBase + 1;

/** YAF's Templates for payload and entropy, of one direction and of both. */
const MEASURED = {
  payload: subTemplate(0xc008, [octets('payload', PAYLOAD)]),
  reversePayload: subTemplate(0xc008, [octets('payload', REVERSE_PAYLOAD)]),
  bothPayloads: subTemplate(0xc018, [octets('payload', PAYLOAD), octets('reversePayload', REVERSE_PAYLOAD)]),
  entropy: subTemplate(0xc002, [madeWhole('payloadEntropy', 1, () => entropy.forward)]),
  reverseEntropy: subTemplate(0xc002, [madeWhole('payloadEntropy', 1, () => entropy.reverse)]),
  bothEntropies: subTemplate(0xc012, [
    madeWhole('payloadEntropy', 1, () => entropy.forward),
    madeWhole('reversePayloadEntropy', 1, () => entropy.reverse),
  ]),
};

const PROTOCOLS: ReadonlyMap<string, SubTemplate> = new Map(templatesByProtocol());

/** What YAF tells of flows in the subTemplateMultiList of their records, as far as it is measured. */
export class YafDetails {
  /** Octets that the list may take; set by the encoder. */
  most: number = Octets.Longest;
  readonly #writer = new DetailsWriter();
  /** By element: number plus one of the group whose record has it. */
  readonly #groupOf = new Uint8Array(REGISTRY.elements.length);
  readonly #groups: Group[] = [];
  readonly #measured: Readonly<Record<keyof typeof MEASURED, Group>>;
  /** Groups that the list at hand needs and that have not been announced. */
  readonly #news: Group[] = [];
  readonly #announced = new Set<number>();
  /** Where the list ends in the writer's octets; 0 for a list without entries. */
  #end = 0;

  /**
   * @param entropySource word of entropy counted from the start of a row, -1 when there is none
   * @param isUniflow records of one direction each
   */
  constructor(
    private readonly entropySource: number,
    private readonly isUniflow: boolean,
  ) {
    const group = (template: SubTemplate): Group => ({ template, all: withInner(template), isAnnounced: false });
    for (const [number, { owner }] of REGISTRY.elements.entries()) {
      const template = PROTOCOLS.get(owner);
      if (template === undefined) continue;
      const n = this.#groups.findIndex((each) => each.template === template);
      this.#groupOf[number] = n < 0 ? this.#groups.push(group(template)) : n + 1;
    }
    this.#measured = Object.fromEntries(
      Object.entries(MEASURED).map(([name, template]) => [name, group(template)]),
    ) as Record<keyof typeof MEASURED, Group>;
  }

  /** Values that were cut, and values and records that were left out, because a record would not have fitted its message. */
  get shortened(): number {
    return this.#writer.shortened + this.#writer.omitted;
  }

  /** Whether Templates have to be announced before the record at hand. */
  get hasNews(): boolean {
    return this.#news.length > 0;
  }

  /**
   * Makes the list of a row, in uniflow mode that of its first or second record. Answers the octets that it takes beyond a
   * list without entries.
   */
  look(closed: ClosedFlows, row: number, half: number): number {
    const { words, stride, metadataOffset } = closed;
    const r = row * stride;
    // A block without room for metadata has none, whatever its rows say.
    const length = closed.metadata.length === 0 ? 0 : words[r + metadataOffset + MetadataWord.Length];
    const both = this.entropySource < 0 ? 0 : words[r + this.entropySource];
    this.#end = 0;
    this.#news.length = 0;
    if (length === 0 && both === 0) return 0;
    const from = words[r + metadataOffset + MetadataWord.Offset];
    const writer = this.#writer;
    writer.begin(closed.metadata, this.most);
    writer.at = beginSubTemplateMultiList(writer.octets, 0, ListSemantic.AllOf);
    const isBiflow = !this.isUniflow && (words[r + ClosedW.Presence] & Present.Reverse) !== 0;
    this.#payload(isBiflow, half, from, from + length);
    this.#entropy(isBiflow, half, both);
    this.#protocols(from, from + length);
    if (writer.at === Octets.List) return 0;
    this.#end = endList(writer.octets, 0, writer.at);
    return this.#end - Octets.EmptyList;
  }

  /** Writes the list of the record at hand. Answers where it ends. */
  write(target: Uint8Array, at: number): number {
    if (this.#end === 0) return writeEmptyList(target, at);
    const source = this.#writer.octets;
    for (let n = 0; n < this.#end; n++) target[at + n] = source[n];
    return at + this.#end;
  }

  /** Announces the Templates that the record at hand needs. */
  announceNews(message: MessageWriter): void {
    for (const group of this.#news) this.#announce(group, message);
    this.#news.length = 0;
  }

  /** Announces all Templates that were needed so far once more. */
  announce(message: MessageWriter): void {
    this.#announced.clear();
    for (const group of [...Object.values(this.#measured), ...this.#groups]) {
      if (group.isAnnounced) this.#announce(group, message);
    }
  }

  #announce(group: Group, message: MessageWriter): void {
    group.isAnnounced = true;
    for (const { id, fields } of group.all) {
      if (this.#announced.has(id)) continue;
      this.#announced.add(id);
      const specifiers = fields.map(({ specifier }) => specifier);
      message.addTemplate(message.format.templateSetId, templateRecord(id, specifiers));
    }
  }

  #payload(isBiflow: boolean, half: number, from: number, to: number): void {
    const writer = this.#writer;
    const forward = writer.first(PAYLOAD, from, to);
    const reverse = writer.first(REVERSE_PAYLOAD, from, to);
    if (isBiflow && (forward !== NONE || reverse !== NONE)) this.#entry(this.#measured.bothPayloads, from, to);
    else if (half === 0 && forward !== NONE) this.#entry(this.#measured.payload, from, to);
    else if (half === 1 && reverse !== NONE) this.#entry(this.#measured.reversePayload, from, to);
  }

  /** Left out when it is 0, as YAF does. */
  #entropy(isBiflow: boolean, half: number, both: number): void {
    entropy.forward = both & 0xff;
    entropy.reverse = (both >>> 8) & 0xff;
    if (isBiflow && both !== 0) this.#entry(this.#measured.bothEntropies, 0, 0);
    else if (half === 0 && entropy.forward !== 0) this.#entry(this.#measured.entropy, 0, 0);
    else if (half === 1 && entropy.reverse !== 0) this.#entry(this.#measured.reverseEntropy, 0, 0);
  }

  /** A record for each protocol of which something was found. */
  #protocols(from: number, to: number): void {
    const { source } = this.#writer;
    let done = 0;
    for (let item = from; item + Item.HeaderOctets <= to; item = itemEnd(source, item)) {
      const group = this.#groupOf[itemNumber(source, item)];
      if (group === 0 || done & (1 << group)) continue;
      done |= 1 << group;
      this.#entry(this.#groups[group - 1], from, to);
    }
  }

  #entry(group: Group, from: number, to: number): void {
    const writer = this.#writer;
    if (writer.room < Octets.Records + group.template.least) {
      writer.omitted++;
      return;
    }
    if (!group.isAnnounced) this.#news.push(group);
    const start = writer.at;
    writer.at = beginListRecords(writer.octets, start, group.template.id);
    writeRecord(writer, group.template, from, to);
    endListRecords(writer.octets, start, writer.at);
  }
}

/** The Templates of the protocols, those of their lists behind them, with the protocols that share them. */
export const PROTOCOL_DETAILS: readonly {
  readonly protocols: readonly string[];
  readonly templates: readonly SubTemplate[];
}[] = [...new Map([...PROTOCOLS].map(([, template]) => [template.id, template])).values()].map((template) => ({
  protocols: [...PROTOCOLS].flatMap(([name, { id }]) => (id === template.id ? [name] : [])),
  templates: withInner(template),
}));

/** The fields of all Templates. */
export function detailSpecifiers(): FieldSpecifier[] {
  const templates = [...Object.values(MEASURED), ...PROTOCOLS.values()].flatMap(withInner);
  return templates.flatMap(({ fields }) => fields.map(({ specifier }) => specifier));
}

/** The Template of each protocol that has one, made for the numbers of its elements. */
function* templatesByProtocol(): Iterable<[string, SubTemplate]> {
  for (const [protocol, make] of Object.entries(PROTOCOL_TEMPLATES)) {
    const sharing = Object.entries(PROTOCOL_TEMPLATES).flatMap(([name, other]) => (other === make ? [name] : []));
    yield [
      protocol,
      make((path) => {
        // One of the protocols that share a Template may lack an element; none of them is a mistake.
        if (sharing.every((name) => elementNumber(name, path) < 0))
          throw new Error(`${protocol}: there is no element ${path}`);
        return elementNumber(protocol, path);
      }),
    ];
  }
}

function elementNumber(protocol: string, path: string): number {
  return REGISTRY.elements.findIndex(
    ({ element: { name, within }, owner }) =>
      owner === protocol && owner !== PAYLOAD_OWNER && path === (within === undefined ? name : `${within}.${name}`),
  );
}
