import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { elementNamed } from '../../../../src/export/fields/elements.js';
import { type FieldSpecifier, templateRecord } from '../../../../src/export/ipfix/ipfix-template.js';
import { MessageWriter } from '../../../../src/export/ipfix/message-writer.js';
import {
  beginBasicList,
  beginListRecords,
  beginSubTemplateList,
  beginSubTemplateMultiList,
  endList,
  endListRecords,
  ListSemantic,
  writeVariable,
} from '../../../../src/export/ipfix/structured-list.js';
import { InformationModel } from '../../../../src/ipfix/information-model.js';
import { VARIABLE_LENGTH } from '../../../../src/ipfix/template.js';
import { temporaryFolder } from '../../../support/run-weir.js';
import { readMessages } from '../../ipfix/read-messages.js';

/** Records as YAF's DPI has them: lists of names, of questions, and of what else was seen of a flow. */

const MAIN = 0xb000;
const QUESTION = 0xcf00;
const NAMES = 0xc500;
const CERT_PEN = 6871;
const HTTP_USER_AGENT = 111;

const model = new InformationModel();
const specifier = (name: string, octets: number): FieldSpecifier => ({ element: elementNamed(name, model), octets });

const TEMPLATES: readonly [number, FieldSpecifier[]][] = [
  [
    MAIN,
    [
      specifier('protocolIdentifier', 1),
      specifier('basicList', VARIABLE_LENGTH),
      specifier('subTemplateList', VARIABLE_LENGTH),
      specifier('subTemplateMultiList', VARIABLE_LENGTH),
    ],
  ],
  [QUESTION, [specifier('dnsTTL', 4), specifier('interfaceName', VARIABLE_LENGTH)]],
  [NAMES, [specifier('basicList', VARIABLE_LENGTH)]],
];

interface Question {
  readonly ttl: number;
  readonly name: string;
}

interface Flow {
  readonly agents: readonly string[];
  readonly questions: readonly Question[];
  readonly more: readonly (readonly string[])[];
}

/** Messages with these flows, each record with lists in it, and lists in the records of the last one. */
function write(flows: readonly Flow[]): Buffer {
  const messages: Buffer[] = [];
  const message = new MessageWriter({ clock: () => 0 }, (octets, from, to) => {
    messages.push(Buffer.from(octets.subarray(from, to)));
  });
  for (const [id, specifiers] of TEMPLATES) message.addTemplate(2, templateRecord(id, specifiers));
  const scratch = new Uint8Array(60_000);
  for (const flow of flows) {
    const length = writeFlow(scratch, flow);
    message.openSet(MAIN, length);
    message.octets.set(scratch.subarray(0, length), message.position);
    message.position += length;
    message.records++;
  }
  message.finishMessage();
  return Buffer.concat(messages);
}

function writeFlow(octets: Uint8Array, { agents, questions, more }: Flow): number {
  octets[0] = 17;
  let at = writeNames(octets, 1, agents);
  const list = at;
  at = beginSubTemplateList(octets, list, ListSemantic.Ordered, QUESTION);
  for (const question of questions) at = writeQuestion(octets, at, question);
  at = endList(octets, list, at);
  const multi = at;
  at = beginSubTemplateMultiList(octets, multi, ListSemantic.AllOf);
  const first = at;
  at = beginListRecords(octets, first, QUESTION);
  for (const question of questions) at = writeQuestion(octets, at, question);
  at = endListRecords(octets, first, at);
  const second = at;
  at = beginListRecords(octets, second, NAMES);
  for (const names of more) at = writeNames(octets, at, names);
  at = endListRecords(octets, second, at);
  return endList(octets, multi, at);
}

function writeNames(octets: Uint8Array, list: number, names: readonly string[]): number {
  let at = beginBasicList(octets, list, ListSemantic.AllOf, CERT_PEN, HTTP_USER_AGENT, VARIABLE_LENGTH);
  for (const name of names) at = writeText(octets, at, name);
  return endList(octets, list, at);
}

function writeQuestion(octets: Uint8Array, at: number, { ttl, name }: Question): number {
  for (let n = 0; n < 4; n++) octets[at + n] = ttl >>> (24 - 8 * n);
  return writeText(octets, at + 4, name);
}

function writeText(octets: Uint8Array, at: number, text: string): number {
  const from = Buffer.from(`(${text})`);
  return writeVariable(octets, at, from, 1, from.length - 1);
}

/** What a reader must find. */
function expected({ agents, questions, more }: Flow): object {
  const names = (values: readonly string[]): object => ({ semantic: 'allOf', element: agentName, values });
  const records = questions.map(({ ttl, name }) => ({ dnsTTL: ttl, interfaceName: name }));
  return {
    protocolIdentifier: 17,
    basicList: names(agents),
    subTemplateList: { semantic: 'ordered', templateId: QUESTION, records },
    subTemplateMultiList: {
      semantic: 'allOf',
      lists: [
        { templateId: QUESTION, records },
        { templateId: NAMES, records: more.map((values) => ({ basicList: names(values) })) },
      ],
    },
  };
}
const agentName = model.lookup(CERT_PEN, HTTP_USER_AGENT).name;

const text = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
  fc.constantFrom(253, 254, 255, 256, 1000).map((length) => 'x'.repeat(length)),
);
const texts = fc.array(text, { maxLength: 5 });
const anyFlow: fc.Arbitrary<Flow> = fc.record({
  agents: texts,
  questions: fc.array(fc.record({ ttl: fc.nat(), name: text }), { maxLength: 4 }),
  more: fc.array(texts, { maxLength: 3 }),
});

describe('structured data', () => {
  it('is read back as it was written, lists in lists and empty ones too', () => {
    fc.assert(
      fc.property(fc.array(anyFlow, { minLength: 1, maxLength: 3 }), (flows) => {
        const { records, problems } = readMessages(write(flows));
        expect(problems).toEqual([]);
        expect(records).toEqual(flows.map(expected));
      }),
    );
  });

  it('has elements of IANA without an enterprise number', () => {
    const octets = new Uint8Array(16);
    const at = beginBasicList(octets, 0, ListSemantic.Undefined, 0, 58, 2);
    octets.set([0, 7], at);
    endList(octets, 0, at + 2);
    expect(Buffer.from(octets).toString('hex', 0, at + 2)).toBe('ff0007ff003a00020007');
  });

  const { status } = spawnSync('ipfixDump', ['--version']);
  if (status !== 0) console.log('skipped: reading structured data with ipfixDump needs that program');
  it.skipIf(status !== 0)('is read by ipfixDump of libfixbuf', () => {
    const file = path.join(temporaryFolder(), 'lists.ipfix');
    const flow: Flow = {
      agents: ['curl/8', 'x'.repeat(300)],
      questions: [
        { ttl: 60, name: 'a.example' },
        { ttl: 61, name: 'b.example' },
      ],
      more: [['one'], [], ['two', 'three']],
    };
    fs.writeFileSync(file, write([flow]));
    const { stdout, stderr } = spawnSync('ipfixDump', ['--yaf', '-i', file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    for (const value of [...flow.agents, 'a.example', 'b.example', 'one', 'two', 'three']) {
      expect(stdout).toContain(value);
    }
    expect(stdout).toMatch(/1 Data Records/);
  });
});
