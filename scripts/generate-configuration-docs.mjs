#!/usr/bin/env node
// Fills the tables of docs/configuration.md in from the settings of the build in dist/.
//
//   node scripts/generate-configuration-docs.mjs           writes the page
//   node scripts/generate-configuration-docs.mjs --check   exits 1 when the page is not what would be written
//
// The page's own text stands outside of the marks <!-- table: NAME --> and <!-- /table -->; only what is between changes.
import { format, resolveConfig } from 'prettier';

import { built, fillTables, table, textOf, writeOrCheck } from './lib/generated.mjs';

const page = new URL('../docs/configuration.md', import.meta.url);
const { SETTING_GROUPS } = await built('config/settings.js');

function row([key, { alias, commands, help, more, option, standard, type }]) {
  const options = [...(alias === undefined ? [] : [`\`-${alias}\``]), `\`--${option}\``].join(', ');
  const standardText = standard === null ? (type.form === 'many' ? 'none' : '') : `\`${standard}\``;
  const repeated = type.form === 'many' ? `${type.accepts}, repeated` : type.accepts;
  const meaning = more === undefined ? `${help}.` : `${help}. ${more}`;
  return [options, standardText, `\`${key}\``, commands.length > 1 ? 'both' : commands[0], repeated, meaning];
}

const heads = ['Option', 'Default', 'Key', 'For', 'Values', 'Meaning'];
const tables = Object.fromEntries(
  SETTING_GROUPS.map(({ title, settings }) => [title, () => table(heads, Object.entries(settings).map(row))]),
);
const wanted = fillTables(textOf(page), tables, 'docs/configuration.md');
writeOrCheck(page, await format(wanted, { ...(await resolveConfig(page)), parser: 'markdown' }), import.meta.url);
