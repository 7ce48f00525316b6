import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileExpression } from '../../../../src/config/labels/expression-program.js';
import { ExpressionMatcher } from '../../../../src/dpi/rules/expression-matcher.js';
import { ProgramWord, RuleBound } from '../../../../src/dpi/rules/rule-tables.js';
import '../../../support/property-seed.js';

function matches(source: string, text: string): boolean {
  const octets = Uint8Array.from(Buffer.from(`..${text}..`, 'latin1'));
  return new ExpressionMatcher(compileExpression(source)).matches(octets, 2, octets.length - 2);
}

/** Expressions that mean the same to the language's own engine with the flag `s`. */
const expressions = fc.letrec<{ whole: string; part: string; atom: string }>((tie) => ({
  whole: fc.oneof(
    { depthSize: 'small' },
    tie('part'),
    fc.tuple(tie('part'), tie('whole')).map(([a, b]) => `${a}${b}`),
    fc.tuple(tie('whole'), tie('whole')).map(([a, b]) => `(?:${a}|${b})`),
    tie('whole').map((a) => `(${a})`),
  ),
  part: fc.oneof(
    tie('atom'),
    fc
      .tuple(tie('atom'), fc.constantFrom('*', '+', '?', '{2}', '{0,3}', '{1,}', '*?', '+?'))
      .map(([a, times]) => `${a}${times}`),
    fc.tuple(tie('whole'), fc.constantFrom('*', '+', '?', '{0,2}')).map(([a, times]) => `(?:${a})${times}`),
    fc.constantFrom('^', '$', ''),
  ),
  atom: fc.constantFrom(
    'a',
    'b',
    'c',
    '.',
    '[ab]',
    '[^a]',
    '[a-c]',
    '\\d',
    '\\w',
    '\\W',
    '\\x61',
    '\\.',
    '\\n',
    '[\\]x-]',
  ),
})).whole;
const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'x', '1', '.', '\n', ']', '\xff'), maxLength: 24 });

describe('an expression', () => {
  it('matches what the engine of the language matches', () => {
    fc.assert(
      fc.property(
        expressions,
        fc.array(texts, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (source, given, anyCase) => {
          const matcher = new ExpressionMatcher(compileExpression(anyCase ? `(?i)${source}` : source));
          const naive = new RegExp(source, anyCase ? 'si' : 's');
          // One matcher for all: what it remembers must not matter.
          for (const text of given) {
            const octets = Uint8Array.from(Buffer.from(text, 'latin1'));
            expect([source, text, matcher.matches(octets, 0, octets.length)]).toEqual([source, text, naive.test(text)]);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['GET [^ ]+ HTTP', 'GET /x HTTP/1.1', true],
    ['^SSH-', 'xSSH-', false],
    ['^SSH-', 'SSH-2.0', true],
    ['end$', 'the end', true],
    ['end$', 'the end.', false],
    ['^$', '', true],
    ['^$', 'a', false],
    ['(?i)héllo', 'say H\xc3\xa9LLO', true],
    ['\\x00\\xff', '\x00\xff', true],
    ['a.b', 'a\nb', true],
    ['[\\x80-\\xff]{3}', 'a\x80\x90\xa0', true],
    ['', 'anything', true],
    ['a|', '', true],
  ])('%s on %j: %s', (source, text, expected) => {
    expect(matches(source, text)).toBe(expected);
  });

  it('forgets states when there are too many, and still tells the same', () => {
    // As many sets of threads as there are texts of fourteen letters.
    const source = '[ab]*a[ab]{14}c';
    const matcher = new ExpressionMatcher(compileExpression(source));
    const naive = new RegExp(source);
    let seed = 1;
    const letter = (): string =>
      ((seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff) >>> 16) % 2 === 0 ? 'a' : 'b';
    for (let n = 0; n < 200; n++) {
      const text = `${Array.from({ length: 200 }, letter).join('')}${n % 2 === 0 ? 'c' : 'd'}`;
      const octets = Uint8Array.from(Buffer.from(text));
      expect(matcher.matches(octets, 0, octets.length)).toBe(naive.test(text));
    }
    expect(matcher.flushes).toBeGreaterThan(0);
  });

  it.each(['(a*)*b', '(a|a)*b', '(a|aa)+$', '(a*)*(a*)*(a*)*b', '([ab]*a){12}b', 'a{0,200}a{200}b'])(
    'takes no more steps than octets times instructions where others take for ever: %s',
    (source) => {
      const program = compileExpression(source);
      const matcher = new ExpressionMatcher(program);
      const octets = Uint8Array.from(Buffer.from(`${'a'.repeat(RuleBound.PayloadOctets - 1)}!`));
      for (let n = 0; n < 20; n++) expect(matcher.matches(octets, 0, octets.length)).toBe(false);
      // Each at most twice for an octet: where it leads to, and whether it may end there.
      expect(matcher.steps).toBeLessThanOrEqual(20 * 2 * (octets.length + 1) * program[ProgramWord.Instructions]);
    },
  );

  it.each([
    ['(a', /a '\)' is missing/],
    ['a)', /closes nothing/],
    ['*a', /repeats nothing/],
    ['a**', /cannot be repeated again/],
    ['^*', /cannot be repeated/],
    ['[b-a]', /a range goes/],
    ['[ab', /a '\]' is missing/],
    ['[]', /a class without/],
    ['\\q', /'\\q' is not known/],
    ['\\1', /'\\1' is not known/],
    ['\\x4', /two hexadecimal digits/],
    ['a\\', /nothing stands behind/],
    ['(?=a)', /only \(\?:…\)/],
    ['a{3,1}', /the lower one first/],
    ['a{999}', /counts up to/],
    ['a{x', /begins a count/],
    ['((((a{255}){255}){255}){255})', /more than 1024 instructions/],
    ['(((((){255}){255}){255}){255})', /too often/],
    ['a'.repeat(513), /513 characters/],
    [`${'('.repeat(40)}${')'.repeat(40)}`, /deep at most/],
  ])('is refused: %s', (source, message) => {
    expect(() => compileExpression(source)).toThrow(message);
  });
});
