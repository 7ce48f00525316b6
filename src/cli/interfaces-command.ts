import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';

import { type InterfaceList, type ListedInterface, listInterfaces } from '../capture/live/list-interfaces.js';

interface InterfacesArguments {
  json: boolean;
}

export const interfacesCommand: CommandModule<object, InterfacesArguments> = {
  command: 'interfaces',
  describe: 'List what can be captured from, how, and what is missing for it',
  builder: (yargs: Argv) => yargs.option('json', { describe: 'One JSON object', type: 'boolean', default: false }),
  handler: ({ json }: ArgumentsCamelCase<InterfacesArguments>) => {
    const list = listInterfaces();
    process.stdout.write(json ? `${JSON.stringify(list)}\n` : interfacesText(list));
  },
};

const HEADINGS = ['name', 'index', 'state', 'speed', 'MTU', 'capture', 'addresses'];

/** The list as people read it. */
export function interfacesText({ interfaces, backends, missingPermission, trouble }: InterfaceList): string {
  const lines = table([HEADINGS, ...interfaces.map(rowOf)]);
  lines.push('', 'back-ends');
  for (const { name, summary, missing } of backends) {
    lines.push(`  ${name.padEnd(10)}${missing === null ? `ready: ${summary}` : `not usable: ${missing}`}`);
  }
  lines.push('', `permission  ${missingPermission ?? 'nothing is missing'}`);
  if (trouble !== null) lines.push(trouble);
  return `${lines.join('\n')}\n`;
}

function rowOf(each: ListedInterface): string[] {
  return [
    each.name,
    each.ifIndex === null ? '-' : String(each.ifIndex),
    each.state ?? '-',
    each.bitsPerSecond === null ? '-' : speedText(each.bitsPerSecond),
    each.mtu === null ? '-' : String(each.mtu),
    each.backends.length === 0 ? 'no back-end' : each.backends.join(','),
    each.addresses.length > 0 ? each.addresses.join(', ') : each.description === null ? '-' : `(${each.description})`,
  ];
}

function speedText(bitsPerSecond: number): string {
  const gigabits = bitsPerSecond / 1e9;
  return gigabits >= 1 ? `${gigabits} Gbit/s` : `${bitsPerSecond / 1e6} Mbit/s`;
}

/** Columns as wide as their widest cell; the last as it comes. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
