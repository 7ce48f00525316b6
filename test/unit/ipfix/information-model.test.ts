import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import {
  CERT_PEN,
  CERT_REVERSE_BIT,
  InformationModel,
  MAX_DESCRIBED_ELEMENTS,
  REVERSE_PEN,
} from '../../../src/ipfix/information-model.js';
import { INFORMATION_ELEMENT_ROWS } from '../../../src/ipfix/information-elements.generated.js';

const generator = fileURLToPath(new URL('../../../scripts/generate-information-elements.mjs', import.meta.url));

describe('the generated table', () => {
  it('is what the generator makes of the CSV', () => {
    expect(() => execFileSync(process.execPath, [generator, '--check'], { stdio: 'pipe' })).not.toThrow();
  });

  it('holds the registries of IANA and CERT', () => {
    const pens = new Map<number, number>();
    for (const [pen] of INFORMATION_ELEMENT_ROWS) pens.set(pen, (pens.get(pen) ?? 0) + 1);
    expect([...pens]).toEqual([
      [0, 481],
      [CERT_PEN, 436],
      [6876, 2],
      [8057, 15],
    ]);
  });
});

describe('InformationModel', () => {
  const model = new InformationModel();

  it('knows elements by number', () => {
    expect(model.lookup(0, 1)).toEqual({
      pen: 0,
      id: 1,
      name: 'octetDeltaCount',
      type: 'unsigned64',
      semantics: 'deltaCounter',
      units: 'octets',
      reverse: false,
    });
    expect(model.lookup(CERT_PEN, 14).name).toBe('initialTCPFlags');
  });

  it.each([
    [REVERSE_PEN, 1, 'reverseOctetDeltaCount', 'unsigned64'],
    [REVERSE_PEN, 184, 'reverseTcpSequenceNumber', 'unsigned32'],
    [REVERSE_PEN, 236, 'reverseVRFname', 'string'],
    [CERT_PEN, 14 | CERT_REVERSE_BIT, 'reverseInitialTCPFlags', 'unsigned16'],
    [CERT_PEN, 18 | CERT_REVERSE_BIT, 'reversePayload', 'octetArray'],
    [CERT_PEN, 40 | CERT_REVERSE_BIT, 'reverseFlowAttributes', 'unsigned16'],
  ])('knows the reverse element %i/%i by rule', (pen, id, name, type) => {
    expect(model.lookup(pen, id)).toMatchObject({ pen, id, name, type, reverse: true });
    expect(model.find(name)).toMatchObject({ pen, id });
  });

  it('makes no reverse of an element that is one', () => {
    expect(model.lookup(CERT_PEN, 21)).toMatchObject({ name: 'reverseFlowDeltaMilliseconds', reverse: true });
    expect(model.lookup(CERT_PEN, 21 | CERT_REVERSE_BIT).name).toBe('6871/16405');
  });

  it('names what it does not know by its number', () => {
    expect(model.lookup(9, 12_232)).toMatchObject({ name: '9/12232', type: 'octetArray' });
    expect(model.lookup(REVERSE_PEN, 32_000).name).toBe('29305/32000');
  });

  it('finds names in any letter case, and pen/id', () => {
    expect(model.find('SOURCEipv4address')).toMatchObject({ pen: 0, id: 8 });
    expect(model.find('0/8')?.name).toBe('sourceIPv4Address');
    expect(model.find('9/12232')?.name).toBe('9/12232');
    expect(model.find('9/32768')).toBeUndefined();
    expect(model.find('4294967296/1')).toBeUndefined();
    expect(model.find('noSuchElement')).toBeUndefined();
  });

  it('takes a name of two registries for the first one', () => {
    expect(model.find('httpUserAgent')).toMatchObject({ pen: 0, id: 468 });
    expect(model.lookup(CERT_PEN, 111).name).toBe('httpUserAgent');
  });

  it('learns elements of the stream, and grows its revision when that changes something', () => {
    const own = new InformationModel();
    const description = { pen: 9, id: 1, type: 'unsigned32', semantics: 'identifier', name: 'vendorThing' } as const;
    own.describe(description);
    expect(own.revision).toBe(1);
    expect(own.lookup(9, 1)).toMatchObject({ name: 'vendorThing', type: 'unsigned32' });
    own.describe(description);
    expect(own.revision).toBe(1);
    own.describe({ ...description, type: 'string' });
    expect(own.revision).toBe(2);
    expect(new InformationModel().lookup(9, 1).name).toBe('9/1');
  });

  it('lets a stream neither change nor imitate the registry', () => {
    const own = new InformationModel();
    own.describe({ pen: 0, id: 8, type: 'string', semantics: 'default', name: 'mine' });
    own.describe({ pen: 0, id: 30_000, type: 'string', semantics: 'default', name: 'mine' });
    own.describe({ pen: CERT_PEN, id: 14, type: 'string', semantics: 'default', name: 'mine' });
    expect(own.revision).toBe(0);
    own.describe({ pen: 9, id: 1, type: 'ipv4Address', semantics: 'default', name: 'sourceIPv4Address' });
    own.describe({ pen: 9, id: 2, type: 'string', semantics: 'default', name: 'evil\u001b[2J' });
    expect(own.lookup(9, 1)).toMatchObject({ name: '9/1', type: 'ipv4Address' });
    expect(own.lookup(9, 2)).toMatchObject({ name: '9/2', type: 'string' });
  });

  it('keeps a bounded number of descriptions', () => {
    const own = new InformationModel();
    for (let id = 0; id < MAX_DESCRIBED_ELEMENTS + 10; id++)
      own.describe({ pen: 9 + (id >> 14), id: id & 0x3fff, type: 'unsigned8', semantics: 'default', name: '' });
    expect(own.ignoredDescriptions).toBe(10);
    expect(own.lookup(10, 5).type).toBe('octetArray');
  });
});
