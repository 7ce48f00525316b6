/**
 * Writes the table of metrics into docs/metrics.md, from the list that the endpoint serves. Run it after a build.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { METRICS } from '../dist/observe/metrics.js';

const page = new URL('../docs/metrics.md', import.meta.url);
const rows = METRICS.map(
  ({ name, kind, labels, help }) =>
    `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
);
const table = ['| Metric | Kind | Labels | Says |', '| --- | --- | --- | --- |', ...rows].join('\n');
const text = readFileSync(page, 'utf8').replace(
  /(<!-- table: metrics -->\n)[^]*?(<!-- \/table -->)/,
  `$1\n${table}\n\n$2`,
);
const options = await resolveConfig(page);
writeFileSync(page, await format(text, { ...options, parser: 'markdown' }));
