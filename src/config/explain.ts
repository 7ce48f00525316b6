import type { Configuration } from './configuration.js';
import { environmentName, type Setting } from './setting.js';
import { SETTING_KEYS, type SettingKey, settingOf } from './settings.js';

/** What people and programs are told about settings. */

/** All keys with what they are, one a line. */
export function overview(): string {
  const width = Math.max(...SETTING_KEYS.map(({ length }) => length));
  return SETTING_KEYS.map((key) => `${key.padEnd(width)}  ${settingOf(key).help}\n`).join('');
}

/** All there is to know about one setting. */
export function explanation(key: SettingKey): string {
  const setting = settingOf(key);
  const { alias, commands, help, more, option, reloads, type } = setting;
  const optionText = `${alias === undefined ? '' : `-${alias}, `}--${option}${type.form === 'many' ? ' (may be repeated)' : ''}`;
  const facts: readonly (readonly [string, string])[] = [
    ['accepts', plain(type.accepts)],
    ['default', setting.standard ?? 'none'],
    ['command line', optionText],
    ['environment', environmentName(key)],
    ['commands', commands.map((command) => `weir ${command}`).join(', ')],
    ...(commands.includes('live')
      ? [['new value', reloads ? 'taken over at SIGHUP' : 'needs a restart'] as const]
      : []),
  ];
  const lines = facts.map(([what, value]) => `  ${what.padEnd(13)} ${value}\n`).join('');
  return `${key}\n  ${plain(help)}.${more === undefined ? '' : ` ${plain(more)}`}\n${lines}`;
}

/** A row for each setting: value, where it comes from, default, what is accepted. */
export function effectiveText(configuration: Configuration): string {
  const rows = SETTING_KEYS.map((key) => {
    const { source, texts, where } = configuration.origin(key);
    const place = where.endsWith(`: ${key}`) ? where.slice(0, -`: ${key}`.length) : where;
    const { standard, type } = settingOf(key);
    return [
      key,
      texts.join(' ') || 'none',
      source === 'default' ? source : place,
      standard ?? 'none',
      plain(type.accepts),
    ];
  });
  const table = [['SETTING', 'VALUE', 'FROM', 'DEFAULT', 'ACCEPTS'], ...rows];
  const widths = table[0].map((_, n) => Math.max(...table.map((row) => row[n].length)));
  return table
    .map(
      (row) =>
        `${row
          .map((cell, n) => cell.padEnd(widths[n]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** The same for programs: by key. */
export function effectiveJson(configuration: Configuration): Record<string, unknown> {
  return Object.fromEntries(
    SETTING_KEYS.map((key) => {
      const { source, texts, where } = configuration.origin(key);
      const { commands, reloads, standard, type }: Setting = settingOf(key);
      const written = type.form === 'many' ? texts : (texts[0] ?? null);
      const value = configuration.find(key) ?? null;
      const facts = { unit: type.unit || null, default: standard, accepts: plain(type.accepts), commands, reloads };
      return [key, { value, written, source, where: source === 'default' ? null : where, ...facts }];
    }),
  );
}

/** Without the marks of the documentation. */
function plain(text: string): string {
  return text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');
}
