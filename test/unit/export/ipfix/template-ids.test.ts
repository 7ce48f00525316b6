import { expect, it } from 'vitest';

import { TemplateIds } from '../../../../src/export/ipfix/template-ids.js';

it('content has the same id in every session, whatever came before', () => {
  const one = new TemplateIds();
  const other = new TemplateIds();
  const contents = Array.from({ length: 40 }, (_, n) => `content ${n}`);
  const ids = contents.map((content) => one.of(content));
  expect(
    contents
      .reverse()
      .map((content) => other.of(content))
      .reverse(),
  ).toEqual(ids);
  expect(contents.reverse().map((content) => one.of(content))).toEqual(ids);
});

it('no id is used for two contents, also when all ids are taken one by one', () => {
  const ids = new TemplateIds();
  const all = new Set(Array.from({ length: 44_800 }, (_, n) => ids.of(`content ${n}`)));
  expect(all.size).toBe(44_800);
  expect(Math.min(...all)).toBe(256);
  expect(Math.max(...all)).toBe(0xafff);
});

it('an id that is wanted is given to the first content that wants it', () => {
  const ids = new TemplateIds();
  expect(ids.of('first', 0xb0b0)).toBe(0xb0b0);
  expect(ids.of('second', 0xb0b0)).toBeLessThan(0xb000);
  expect(ids.of('first')).toBe(0xb0b0);
});
