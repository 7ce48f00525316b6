import fs from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { weir } from '../../support/run-weir.js';
import { anchors, page, pages, prose, ROOT } from './pages.js';

describe('links', () => {
  it.each(pages())('$name: files and headings that it links to are there', ({ name, text }) => {
    const broken = Array.from(prose(text).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target).filter(
      (target) => !/^https?:/.test(target) && !isThere(name, target),
    );
    expect(broken).toEqual([]);
  });

  it('would see a broken one', () => {
    expect(isThere('README.md', 'docs/no-such-page.md')).toBe(false);
    expect(isThere('README.md', 'docs/architecture.md#no-such-heading')).toBe(false);
    expect(isThere('docs/architecture.md', '../README.md')).toBe(true);
  });
});

function isThere(from: string, target: string): boolean {
  const [file, anchor] = target.split('#', 2) as [string, string | undefined];
  const name = file === '' ? from : path.join(path.dirname(from), file);
  if (!fs.existsSync(path.join(ROOT, name))) return false;
  return anchor === undefined || anchors(page(name).text).includes(anchor);
}

describe('docs/configuration.md', () => {
  it.each([
    ['replay', settingRows('replay')],
    ['print', optionRows(section('weir print'))],
  ])('has the options of weir %s, with their defaults', async (command, written) => {
    const { stdout } = await weir([command, '--help']);
    const told = optionsOfHelp(stdout);
    expect(told.size).toBeGreaterThan(4);
    expect([...written.keys()].sort()).toEqual([...told.keys()].sort());
    for (const [option, standard] of told) expect.soft(written.get(option), option).toBe(standard);
  });
});

/** Default of each option, by its name; null when there is none. */
type Options = ReadonlyMap<string, string | null>;

function optionsOfHelp(help: string): Options {
  const options = help
    .split(/^(?= +(?:-\w, )?--)/m)
    .map((part) => part.replaceAll(/\s+/g, ' '))
    .flatMap((part): [string, string | null][] => {
      const name = /^ ?(?:-\w, )?--([\w-]+)/.exec(part)?.[1];
      const standard = /\[default: "?(.*?)"?\]/.exec(part)?.[1];
      return name === undefined ? [] : [[name, standard ?? null]];
    });
  // What every command has; of the configuration file the page tells at its beginning.
  return new Map(options.filter(([name]) => !['help', 'version', 'config'].includes(name)));
}

function section(heading: string): string {
  const { text } = page('docs/configuration.md');
  return text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
}

/** Rows of the tables of settings that `command` has: by their fourth column. */
function settingRows(command: string): Options {
  const rows = section('Settings').split('\n');
  return optionRows(rows.filter((row) => ['both', command].includes(row.split('|')[4]?.trim())).join('\n'));
}

/** Rows of tables with options: option, then default in the second column. */
function optionRows(text: string): Options {
  const rows = text.matchAll(/^\| `(?:-\w`, `)?--([\w-]+).*?` *\| (.*?) *\|/gm);
  return new Map(
    Array.from(rows, ([, name, standard]) => [name, standard === '' ? null : standard.replaceAll('`', '')]),
  );
}
