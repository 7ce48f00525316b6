#!/usr/bin/env node
// Fills the tables of docs/from-yaf.md in from the options of YAF that the build in dist/ knows.
//
//   node scripts/generate-yaf-docs.mjs           writes the page
//   node scripts/generate-yaf-docs.mjs --check   exits 1 when the page is not what would be written
import { format, resolveConfig } from 'prettier';

import { built, fillTables, table, textOf, writeOrCheck } from './lib/generated.mjs';

const page = new URL('../docs/from-yaf.md', import.meta.url);
const { YAF_GROUPS } = await built('cli/yaf/yaf-options.js');

const VERDICTS = { same: 'same', near: 'near', idle: 'no effect', refused: 'refused' };

function row({ alias, name, note, value, verdict }) {
  const option = value === undefined ? `\`--${name}\`` : `\`--${name} ${value}\``;
  return [alias === undefined ? option : `\`-${alias}\`, ${option}`, VERDICTS[verdict], note];
}

const tables = Object.fromEntries(
  YAF_GROUPS.map(({ title, options }) => [title, () => table(['YAF', 'weir', 'How'], options.map(row))]),
);
const wanted = fillTables(textOf(page), tables, 'docs/from-yaf.md');
writeOrCheck(page, await format(wanted, { ...(await resolveConfig(page)), parser: 'markdown' }), import.meta.url);
