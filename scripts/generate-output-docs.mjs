#!/usr/bin/env node
// Fills the tables of docs/outputs.md in from what the build in dist/ understands.
//
//   node scripts/generate-output-docs.mjs           writes the page
//   node scripts/generate-output-docs.mjs --check   exits 1 when the page is not what would be written
//
// The page's own text stands outside of the marks <!-- table: NAME --> and <!-- /table -->; only what is between changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

const page = new URL('../docs/outputs.md', import.meta.url);
const built = async (path) => {
  try {
    return await import(new URL(`../dist/${path}`, import.meta.url).href);
  } catch (error) {
    throw new Error(`dist/${path} cannot be loaded: run npm run build first`, { cause: error });
  }
};

const { OUTPUT_OPTIONS, optionText } = await built('export/output-options.js');
const schemes = await built('export/output-schemes.js');
const { OUTPUT_FORMATS } = await built('export/output-formats.js');
const { OUTPUT_TARGETS } = await built('export/output-targets.js');

const code = (text) => `\`${text}\``;
const row = (...cells) => `| ${cells.join(' | ')} |`;
const table = (heads, rows) =>
  [row(...heads), row(...heads.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');

const existing = schemes.FORMAT_NAMES.filter((name) => OUTPUT_FORMATS[name] !== undefined);
const tables = {
  formats: table(
    ['Format', 'File endings', 'Over the network, with the port when none is written'],
    existing.map((name) => {
      const { endings, ports } = schemes.FORMAT_SCHEMES[name];
      const network = Object.entries(ports)
        .filter(([kind]) => OUTPUT_TARGETS[kind] !== undefined && OUTPUT_FORMATS[name].messages !== null)
        .map(([kind, port]) => `${code(`${name}+${kind}://`)} ${port ?? 'none'}`);
      return [code(name), endings.map(code).join(', ') || '–', network.join(', ') || '–'];
    }),
  ),
  options: table(
    ['Option', 'Values', 'Default', 'For', 'Meaning'],
    Object.entries(OUTPUT_OPTIONS).map(([name, rule]) => {
      const where = [rule.formats, rule.targets].filter((list) => list !== null).map((list) => list.join(', '));
      return [code(optionText(name)), rule.value ?? 'switch', rule.default, where.join('; ') || 'all', rule.help];
    }),
  ),
};

const before = readFileSync(page, 'utf8');
const marks = /<!-- table: (\S+) -->\n[^]*?<!-- \/table -->/g;
const filled = before.replace(marks, (all, name) => {
  if (tables[name] === undefined) throw new Error(`docs/outputs.md: no table is named ${name}`);
  return `<!-- table: ${name} -->\n\n${tables[name]}\n\n<!-- /table -->`;
});
for (const name of Object.keys(tables)) {
  if (!before.includes(`<!-- table: ${name} -->`)) throw new Error(`docs/outputs.md: table ${name} is missing`);
}
const config = await resolveConfig(page.pathname);
const after = await format(filled, { ...config, parser: 'markdown' });
if (process.argv.includes('--check')) {
  if (after !== before) {
    process.stderr.write('docs/outputs.md is not up to date: run node scripts/generate-output-docs.mjs\n');
    process.exitCode = 1;
  }
} else {
  writeFileSync(page, after);
}
