import { LABEL_NUMBERS } from './labels.js';
import { type Element, type Extractor, type Protocol, Transport } from './protocol.js';
import { PROTOCOLS } from './protocols/index.js';
import { EVIDENCE_ELEMENTS, INSPECTION_ELEMENTS } from './evidence-elements.js';
import { PAYLOAD_ELEMENTS } from './payload-elements.js';
import { Slot } from './flow-state.js';
import { Item } from './metadata.js';

/** A protocol with the numbers that the list of all gives it. */
export interface Registered {
  readonly protocol: Protocol;
  readonly number: number;
  /** silkAppLabel. */
  readonly label: number;
  /** Number of its first element among all elements. */
  readonly elementBase: number;
  /** First word of its recogniser's memory in a slot. */
  readonly memory: number;
  /** Numbers of the protocols that it refines to. */
  readonly refines: readonly number[];
}

/** An element and whose it is, by element number. */
export interface RegisteredElement {
  readonly element: Element;
  /** Name of the protocol. */
  readonly owner: string;
}

const FIRST_OCTETS = 256;

/** All properties, in the order in which the engine shall find them with every protocol. */
const PROTOCOL_SHAPE: Record<keyof Protocol, unknown> = {
  name: '',
  title: '',
  evidence: '',
  transports: 0,
  ports: undefined,
  first: undefined,
  mark: undefined,
  needsPort: undefined,
  least: undefined,
  words: undefined,
  recognise: undefined,
  refines: undefined,
  elements: undefined,
  extractor: undefined,
  refinesLabels: undefined,
  tellsHosts: undefined,
};
const EXTRACTOR_SHAPE: Record<keyof Extractor, unknown> = {
  words: undefined,
  window: undefined,
  resumes: undefined,
  extract: undefined,
};

/** The same protocol in one shape: the engine need not search for what it calls. */
function inOneShape(protocol: Protocol): Protocol {
  const extractor = protocol.extractor && { ...EXTRACTOR_SHAPE, ...protocol.extractor };
  return { ...PROTOCOL_SHAPE, ...protocol, extractor } as Protocol;
}

/** Offset, mask and value of its datagrams; a protocol that needs its port has a mark that no datagram has. */
function markOf({ mark, needsPort }: Protocol): readonly number[] {
  if (needsPort === true) return [0, 0, 1];
  return mark === undefined ? [0, 0, 0] : [mark.at, mark.mask | 0, mark.value | 0];
}

/** Why the label was given: written as metadata of a protocol of its own when that is asked for. */
export const EVIDENCE_OWNER = 'evidence';
/** What payload begins with: no protocol's. */
export const PAYLOAD_OWNER = 'payload';

/** What inspection says of itself in the record of a flow, beside the protocols. */
export const INSPECTION_OWNER = 'inspection';

/** The list of protocols with everything that follows from it. Made once, when the program starts. */
class Registry {
  readonly all: readonly Registered[];
  readonly elements: readonly RegisteredElement[];
  /** Numbers of the first elements that are no protocol's. */
  readonly evidenceBase: number;
  readonly payloadBase: number;
  /** Octets of a slot. */
  readonly slotOctets: number;
  /** Candidates by transport (TCP 0, UDP 1) and first octet: `starts[t * 257 + octet]` to the next are numbers in `lists`. */
  readonly starts: Int32Array;
  readonly lists: Int32Array;
  /** Marks of datagrams by protocol: offset, mask, value. */
  readonly marks: Int32Array;
  /** Number plus one of the protocol registered for a port, by transport and port. */
  readonly ports: readonly [Uint16Array, Uint16Array];
  private readonly byName: ReadonlyMap<string, Registered>;

  constructor(protocols: readonly Protocol[]) {
    const numbers = new Map(protocols.map(({ name }, number) => [name, number]));
    if (numbers.size !== protocols.length) throw new Error('two protocols have one name');
    let elementBase = 0;
    let memory: number = Slot.Memory;
    let largest: number = Slot.Memory;
    this.all = protocols.map(inOneShape).map((protocol, number) => {
      const label = LABEL_NUMBERS[protocol.name];
      if (label === undefined) throw new Error(`labels.ts: ${protocol.name} has no number`);
      const refines = (protocol.refines ?? []).map((name) => {
        const refined = numbers.get(name);
        if (refined === undefined) throw new Error(`${protocol.name}: there is no protocol ${name} to refine to`);
        return refined;
      });
      const registered: Registered = { protocol, number, label, elementBase, memory, refines };
      elementBase += protocol.elements?.length ?? 0;
      memory += protocol.words ?? 0;
      largest = Math.max(largest, memory, Slot.Memory + (protocol.extractor?.words ?? 0));
      return registered;
    });
    this.byName = new Map(this.all.map((registered) => [registered.protocol.name, registered]));
    this.elements = [
      ...this.all.flatMap(({ protocol }) =>
        (protocol.elements ?? []).map((element) => ({ element, owner: protocol.name })),
      ),
      ...INSPECTION_ELEMENTS.map((element) => ({ element, owner: INSPECTION_OWNER })),
      ...EVIDENCE_ELEMENTS.map((element) => ({ element, owner: EVIDENCE_OWNER })),
      ...PAYLOAD_ELEMENTS.map((element) => ({ element, owner: PAYLOAD_OWNER })),
    ];
    this.evidenceBase = elementBase + INSPECTION_ELEMENTS.length;
    this.payloadBase = this.evidenceBase + EVIDENCE_ELEMENTS.length;
    if (this.elements.length > Item.NumberMask) throw new Error('more elements than item numbers');
    this.slotOctets = 1 << (32 - Math.clz32(4 * largest - 1));
    const lists: number[] = [];
    const starts: number[] = [];
    for (const transport of [Transport.Tcp, Transport.Udp]) {
      for (let octet = 0; octet < FIRST_OCTETS; octet++) {
        starts.push(lists.length);
        for (const { protocol, number } of this.all) {
          if (protocol.transports & transport && (protocol.first?.includes(octet) ?? true)) lists.push(number);
        }
      }
      starts.push(lists.length);
    }
    this.marks = Int32Array.from(this.all.flatMap(({ protocol }) => markOf(protocol)));
    this.starts = Int32Array.from(starts);
    this.lists = Int32Array.from(lists);
    this.ports = [this.portTable(Transport.Tcp), this.portTable(Transport.Udp)];
  }

  named(name: string): Registered | undefined {
    return this.byName.get(name);
  }

  private portTable(transport: Transport): Uint16Array {
    const table = new Uint16Array(65_536);
    for (const { protocol, number } of this.all) {
      if ((protocol.transports & transport) === 0) continue;
      for (const port of protocol.ports) if (table[port] === 0) table[port] = number + 1;
    }
    return table;
  }
}

export const REGISTRY = new Registry(PROTOCOLS);

/** Number of the element that says how many items were left out. */
export const OMITTED_ELEMENT = REGISTRY.elements.findIndex(({ owner }) => owner === INSPECTION_OWNER);
