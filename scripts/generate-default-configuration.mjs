#!/usr/bin/env node
// Writes config/weir.yaml, the configuration that packages install, from the settings of the build in dist/: what a
// service needs is set, everything else stands there with its default, commented out.
//
//   node scripts/generate-default-configuration.mjs           writes the file
//   node scripts/generate-default-configuration.mjs --check   exits 1 when the file is not what would be written
import { built, writeOrCheck } from './lib/generated.mjs';

const { SETTING_GROUPS } = await built('config/settings.js');

/** What a service has otherwise than a person at a terminal: setting → lines of YAML behind its name. */
const SET = {
  outputs: ['', '  # In the folder in which the service runs: /var/lib/weir.', '  - flows.ipfix'],
  'log.format': [' json'],
};
/** Examples of what has no default. */
const EXAMPLES = {
  'capture.interfaces': '[eth1]',
  'capture.filter': 'not port 22',
  'statistics.file': '/var/lib/weir/statistics.json',
  'daemon.user': 'weir',
  'daemon.socket': '/run/weir/weir.sock',
  'daemon.metrics': '127.0.0.1:9995',
};

const WIDTH = 100;

function comment(text, indent) {
  const lines = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && indent.length + line.length + word.length + 3 > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => `${indent}# ${each}`);
}

const plain = (text) => text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');

/** `value` as a scalar or flow sequence of YAML. */
function yamlOf(value, { commas, form }) {
  if (commas) return `[${value.replaceAll(',', ', ')}]`;
  return form === 'many' ? `["${value}"]` : value;
}

function settingLines(key, { help, more, standard, type }, indent) {
  const text = [`${help}.`, ...(more === undefined ? [] : [more]), `Accepts: ${type.accepts}.`].map(plain).join(' ');
  const name = key.split('.').at(-1);
  const set = SET[key];
  if (set !== undefined)
    return [...comment(text, indent), ...set.map((line, n) => indent + (n === 0 ? `${name}:${line}` : line))];
  const value = standard === null ? EXAMPLES[key] : yamlOf(standard, type);
  if (value === undefined) throw new Error(`${key} has no default: give an example`);
  return [...comment(text, indent), `${indent}#${name}: ${value}`];
}

const lines = [
  '# Configuration of weir. What is commented out is the default, or an example where there is none.',
  '# weir config check FILE tells what is wrong with it, weir config explain KEY more about a setting.',
  '# yaml-language-server: $schema=/usr/share/weir/weir.schema.json',
];
const begun = new Set();
for (const { settings } of SETTING_GROUPS) {
  for (const [key, setting] of Object.entries(settings)) {
    if (!setting.commands.includes('live')) continue;
    const groups = key.split('.').slice(0, -1);
    groups.forEach((word, depth) => {
      const path = groups.slice(0, depth + 1).join('.');
      if (!begun.has(path)) lines.push(...(depth === 0 ? ['', `${word}:`] : [`${'  '.repeat(depth)}${word}:`]));
      begun.add(path);
    });
    if (groups.length === 0) lines.push('');
    lines.push(...settingLines(key, setting, '  '.repeat(groups.length)));
  }
}
writeOrCheck(new URL('../config/weir.yaml', import.meta.url), `${lines.join('\n')}\n`, import.meta.url);
