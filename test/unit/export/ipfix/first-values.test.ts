import { describe, expect, it } from 'vitest';

import { ElementType } from '../../../../src/dpi/protocol.js';
import { REGISTRY } from '../../../../src/dpi/registry.js';
import { METADATA_FAMILIES, METADATA_FIELDS } from '../../../../src/export/fields/metadata-fields.js';
import { InformationModel } from '../../../../src/ipfix/information-model.js';
import { allSamples, inspectFrames, inspectSample, type InspectedFlow, tcpFrames } from '../../../support/inspect.js';
import { InspectedIpfix } from '../../../support/inspected-ipfix.js';

/** Metadata in flat records beside the same metadata in JSON. */

const model = new InformationModel();
const samples = await allSamples();

/** All values that a key has anywhere in an object. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesOf(each, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? ([inner].flat() as unknown[]) : []),
    ...valuesOf(inner, key),
  ]);
}

/** Values of the elements that a field takes, as the flat record has them. */
function candidates(flow: InspectedFlow, numbers: readonly number[]): unknown[] {
  return numbers.flatMap((number) => {
    const { element, owner } = REGISTRY.elements[number];
    return valuesOf(flow[owner], element.name).map((value) => flatValue(value, element.type, element.ie ?? ''));
  });
}

function flatValue(value: unknown, type: ElementType, ie: string): unknown {
  const isString = model.find(ie)?.type === 'string';
  if (type === ElementType.Seconds) return certificateTime(String(value));
  if (type === ElementType.Flag) return Number(value);
  return isString ? String(value) : value;
}

/** 2026-01-15T08:02:11.000Z as 260115080211Z. */
function certificateTime(text: string): string {
  const digits = `${text.replaceAll(/[^\d]/g, '').slice(0, 14)}Z`;
  return Number(text.slice(0, 4)) < 2050 ? digits.slice(2) : digits;
}

describe('metadata fields', () => {
  it('are elements of IANA, CERT and CESNET', () => {
    for (const { element } of METADATA_FIELDS) expect([0, 6871, 8057]).toContain(model.find(element)?.pen);
  });

  it('are of one family when protocols share them', () => {
    const familyOf = (name: string): number => METADATA_FAMILIES.findIndex((family) => family.includes(name));
    expect(familyOf('tls')).toBe(familyOf('quic'));
    expect(familyOf('dns')).toBe(familyOf('mdns'));
    expect(familyOf('dns')).not.toBe(familyOf('tls'));
    expect(familyOf('http')).toBeGreaterThan(0);
  });
});

describe('the first values', () => {
  it.each(samples.map(([file, sample]) => [`${file}: ${sample.name}`, sample] as const))(
    'are among those of JSON: %s',
    async (_, sample) => {
      const ipfix = new InspectedIpfix({ profile: 'full' });
      const standard = new InspectedIpfix({ profile: 'standard' });
      const take: InspectedIpfix['take'] = (closed) => {
        ipfix.take(closed);
        standard.take(closed);
      };
      const json = await inspectSample(sample, {}, { take });
      const { flows, problems } = ipfix.read();
      expect(problems).toEqual([]);
      expect(flows).toHaveLength(json.length);
      const plain = standard.read();
      expect(plain.problems).toEqual([]);
      json.forEach((flow, n) => {
        const known = new Set<string>();
        for (const { element, numbers } of METADATA_FIELDS) {
          const values = candidates(flow, numbers);
          const given = flows[n][element];
          if (values.length > 0 && given !== undefined) {
            known.add(element);
            expect(values, element).toContainEqual(given);
          } else if (given !== undefined) expect(['', 0], element).toContainEqual(given);
          // Two families at most: a flow may have more.
          if (values.length > 0 && given === undefined) expect(familiesOf(flow), element).toBeGreaterThan(2);
          // IANA's are in both profiles.
          if (model.find(element)?.pen === 0 && given !== undefined) expect(plain.flows[n][element]).toEqual(given);
          else expect(plain.flows[n]).not.toHaveProperty([element]);
        }
        if (familiesOf(flow) > 0) expect(known.size).toBeGreaterThan(0);
      });
    },
  );

  function familiesOf(flow: InspectedFlow): number {
    const fields = METADATA_FIELDS.filter(({ numbers, family }) => family > 0 && candidates(flow, numbers).length > 0);
    return new Set(fields.map(({ family }) => family)).size;
  }

  it('are the first of several', async () => {
    const ipfix = new InspectedIpfix({ profile: 'full' });
    await inspectFrames(twoRequests('/one', '/two'), { take: ipfix.take });
    const { flows } = ipfix.read();
    expect(flows[0]).toMatchObject({
      httpRequestMethod: 'GET',
      httpRequestTarget: '/one',
      httpRequestHost: 'a.example',
      httpCookie: '***',
      httpStatusCode: 200,
      httpReasonPhrase: 'Fine',
      httpReferer: 'ä'.repeat(200),
      httpLocation: '',
    });
  });

  it('are chosen one by one', async () => {
    const ipfix = new InspectedIpfix({ profile: 'full', fields: ['flowId', 'httpRequestTarget'] });
    await inspectFrames(twoRequests('/one', '/two'), { take: ipfix.take });
    const octets = ipfix.finish();
    expect(octets.includes('/one')).toBe(true);
    expect(octets.includes('a.example')).toBe(false);
  });

  it('cost nothing in records that have none', async () => {
    const [one, other] = [new InspectedIpfix({ profile: 'full' }), new InspectedIpfix({ profile: 'full' })];
    const frames = tcpFrames([['client', Uint8Array.of(1, 2, 3, 4)]]);
    await inspectFrames(frames, { take: one.take });
    await inspectFrames(frames, { take: other.take, metadata: [] });
    expect(one.finish()).toEqual(other.finish());
  });

  it.each([700, 1_400, 4_000, 65_535])('fit messages of %i octets', async (maxMessageOctets) => {
    const ipfix = new InspectedIpfix({ profile: 'full', maxMessageOctets });
    const target = `/${'x'.repeat(1_900)}`;
    await inspectFrames(twoRequests(target, '/'), { take: ipfix.take });
    const { flows, problems } = ipfix.read();
    expect(problems).toEqual([]);
    for (const message of ipfix.messages) expect(message.length).toBeLessThanOrEqual(maxMessageOctets);
    const given = String(flows[0].httpRequestTarget);
    expect(target.startsWith(given)).toBe(true);
    expect(given.length).toBeGreaterThan(50);
    const isCut = given.length < target.length;
    expect(ipfix.file.shortened > 0).toBe(isCut);
    expect(isCut).toBe(maxMessageOctets < 2_500);
    // No character is cut in two.
    expect(String(flows[0].httpReferer)).toMatch(/^ä+$/);
  });
});

function twoRequests(one: string, other: string): ReturnType<typeof tcpFrames> {
  const referer = Buffer.from('ä'.repeat(200)).toString('latin1');
  const request = (target: string, host: string): string =>
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nCookie: id=7\r\nReferer: ${referer}\r\n\r\n`;
  return tcpFrames([
    ['client', request(one, 'a.example')],
    ['server', 'HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n'],
    ['client', request(other, 'b.example')],
    ['server', 'HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n'],
  ]);
}
