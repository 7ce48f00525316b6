#!/usr/bin/env node
// Fills the tables of docs/outputs.md in from what the build in dist/ understands.
//
//   node scripts/generate-output-docs.mjs           writes the page
//   node scripts/generate-output-docs.mjs --check   exits 1 when the page is not what would be written
//
// The page's own text stands outside of the marks <!-- table: NAME --> and <!-- /table -->; only what is between changes.
import { format, resolveConfig } from 'prettier';

import { built, fillTables, table, textOf, writeOrCheck } from './lib/generated.mjs';

const page = new URL('../docs/outputs.md', import.meta.url);

const { OUTPUT_OPTIONS, optionText } = await built('export/output-options.js');
const schemes = await built('export/output-schemes.js');
const { OUTPUT_FORMATS } = await built('export/output-formats.js');
const { OUTPUT_TARGETS } = await built('export/output-targets.js');

const code = (text) => `\`${text}\``;

const existing = schemes.FORMAT_NAMES.filter((name) => OUTPUT_FORMATS[name] !== undefined);
const tables = {
  formats: () =>
    table(
      ['Format', 'File endings', 'Over the network, with the port when none is written'],
      existing.map((name) => {
        const { endings, ports } = schemes.FORMAT_SCHEMES[name];
        const network = Object.entries(ports)
          .filter(([kind]) => OUTPUT_TARGETS[kind] !== undefined && OUTPUT_FORMATS[name].messages !== null)
          .map(([kind, port]) => `${code(`${name}+${kind}://`)} ${port ?? 'none'}`);
        return [code(name), endings.map(code).join(', ') || '–', network.join(', ') || '–'];
      }),
    ),
  options: () =>
    table(
      ['Option', 'Values', 'Default', 'For', 'Meaning'],
      Object.entries(OUTPUT_OPTIONS).map(([name, rule]) => {
        const where = [rule.formats, rule.targets].filter((list) => list !== null).map((list) => list.join(', '));
        return [code(optionText(name)), rule.value ?? 'switch', rule.default, where.join('; ') || 'all', rule.help];
      }),
    ),
};

const wanted = fillTables(textOf(page), tables, 'docs/outputs.md');
writeOrCheck(page, await format(wanted, { ...(await resolveConfig(page)), parser: 'markdown' }), import.meta.url);
