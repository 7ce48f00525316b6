import { itemEnd } from '../../../dpi/metadata-items.js';
import { Item } from '../../../dpi/metadata.js';
import { beginSubTemplateList, endList, ListSemantic } from '../structured-list.js';
import { itemValue } from '../value-octets.js';
import { type DetailsWriter, NONE } from './details-writer.js';
import {
  type DetailField,
  fixedOctets,
  madeWhole,
  type Numbers,
  records,
  subTemplate,
  type SubTemplate,
  text,
  whole,
  writeRecord,
} from './sub-template.js';

const enum Flags {
  Authoritative = 0x0400,
}

/** Types of records (RFC 1035 §3.2.2) with a Template of their own. */
const enum Type {
  A = 1,
  Ns = 2,
  Cname = 5,
  Soa = 6,
  Ptr = 12,
  Mx = 15,
  Txt = 16,
  Aaaa = 28,
  Srv = 33,
  Opt = 41,
}

/** dnsRRSection. */
const enum Section {
  Question = 0,
  Answer = 1,
}

/** What the records of a message share. */
const message = { from: 0, to: 0, section: 0 };

/** YAF's list of questions and records: the questions of queries and of answers that are errors, else the records. */
export function dnsTemplate(numbers: Numbers): SubTemplate {
  const sections = ['questions', 'answers', 'authorities', 'additionals'].map((name) => numbers(`messages.${name}`));
  const [messages, response, rcode] = ['messages', 'messages.response', 'messages.rcode'].map(numbers);
  const type = numbers('records.type');
  const entry = entryTemplate(numbers);
  return subTemplate(0xce00, [
    records(entry, 'subTemplateList', (writer, from, to, add) => {
      for (let item = writer.first(messages, from, to); item !== NONE; item = writer.next(messages, item, to)) {
        message.from = item + Item.HeaderOctets;
        message.to = itemEnd(writer.source, item);
        const isGood = valueOf(writer, response) === 1 && valueOf(writer, rcode) === 0;
        for (let section: number = isGood ? Section.Answer : Section.Question; section < sections.length; section++) {
          message.section = section;
          const number = sections[section];
          const end = message.to;
          for (
            let each = writer.first(number, message.from, end);
            each !== NONE;
            each = writer.next(number, each, end)
          ) {
            const begin = each + Item.HeaderOctets;
            const recordEnd = itemEnd(writer.source, each);
            if (typeOf(writer, type, begin, recordEnd) !== Type.Opt) add(writer, begin, recordEnd);
          }
        }
      }
    }),
  ]);
}

function entryTemplate(numbers: Numbers): SubTemplate {
  const [id, response, flags, rcode] = ['id', 'response', 'flags', 'rcode'].map((name) => numbers(`messages.${name}`));
  return subTemplate(0xcf00, [
    typedRecord(numbers),
    text('dnsQName', numbers('records.name')),
    whole('dnsTTL', numbers('records.ttl'), 4),
    whole('dnsQRType', numbers('records.type'), 2),
    madeWhole('dnsQueryResponse', 1, (writer) => valueOf(writer, response)),
    madeWhole('dnsAuthoritative', 1, (writer) => (valueOf(writer, flags) & Flags.Authoritative ? 1 : 0)),
    madeWhole('dnsNXDomain', 1, (writer) => valueOf(writer, rcode)),
    madeWhole('dnsRRSection', 1, () => message.section),
    madeWhole('dnsID', 2, (writer) => valueOf(writer, id)),
  ]);
}

/** A subTemplateList whose Template follows from the record's type; that of addresses, empty, for types that have none. */
function typedRecord(numbers: Numbers): DetailField {
  const target = numbers('records.target');
  const type = numbers('records.type');
  const byType = new Map<number, SubTemplate>([
    [Type.A, subTemplate(0xce01, [fixedOctets('sourceIPv4Address', numbers('records.a'), 4)])],
    [Type.Aaaa, subTemplate(0xce02, [fixedOctets('sourceIPv6Address', numbers('records.aaaa'), 16)])],
    [Type.Cname, subTemplate(0xce03, [text('dnsCName', target)])],
    [
      Type.Mx,
      subTemplate(0xce04, [text('dnsMXExchange', target), whole('dnsMXPreference', numbers('records.preference'), 2)]),
    ],
    [Type.Ns, subTemplate(0xce05, [text('dnsNSDName', target)])],
    [Type.Ptr, subTemplate(0xce06, [text('dnsPTRDName', target)])],
    [Type.Txt, subTemplate(0xce07, [text('dnsTXTData', numbers('records.text'))])],
    [
      Type.Srv,
      subTemplate(0xce08, [
        text('dnsSRVTarget', target),
        whole('dnsSRVPriority', numbers('records.priority'), 2),
        whole('dnsSRVWeight', numbers('records.weight'), 2),
        whole('dnsSRVPort', numbers('records.port'), 2),
      ]),
    ],
  ]);
  const addresses = byType.get(Type.A) as SubTemplate;
  const plain = records(addresses, 'subTemplateList', () => undefined);
  return {
    ...plain,
    templates: [...byType.values()],
    write(writer, from, to) {
      const own = message.section === Section.Question ? undefined : byType.get(typeOf(writer, type, from, to));
      const start = writer.at;
      writer.at = beginSubTemplateList(writer.octets, start, ListSemantic.AllOf, (own ?? addresses).id);
      if (own !== undefined && writer.room < own.least) writer.omitted++;
      else if (own !== undefined) writeRecord(writer, own, from, to);
      endList(writer.octets, start, writer.at);
    },
  };
}

function valueOf(writer: DetailsWriter, number: number): number {
  const item = writer.first(number, message.from, message.to);
  return item === NONE ? 0 : itemValue(writer.source, item);
}

function typeOf(writer: DetailsWriter, type: number, from: number, to: number): number {
  const item = writer.first(type, from, to);
  return item === NONE ? 0 : itemValue(writer.source, item);
}
