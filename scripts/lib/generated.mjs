// What scripts share that write a file from the build in dist/.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loads a module of the build. */
export async function built(path) {
  try {
    return await import(new URL(`../../dist/${path}`, import.meta.url).href);
  } catch (error) {
    throw new Error(`dist/${path} cannot be loaded: run npm run build first`, { cause: error });
  }
}

/** Text of a file; empty when it is not there yet. */
export function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Writes `wanted`, or with `--check` on the command line compares and says which script (its URL) to run. */
export function writeOrCheck(file, wanted, script) {
  if (!process.argv.includes('--check')) {
    writeFileSync(file, wanted);
  } else if (textOf(file) !== wanted) {
    const name = (url) => relative(root, fileURLToPath(url));
    console.error(`${name(file)} is out of date: run node ${name(script)}`);
    process.exitCode = 1;
  }
}

/** A table of Markdown. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `text` with each place `<!-- table: NAME -->` … `<!-- /table -->` filled by `tables[NAME]()`. All must have a place. */
export function fillTables(text, tables, page) {
  const used = new Set();
  const filled = text.replace(/(<!-- table: ([\w -]+?) -->)[^]*?(<!-- \/table -->)/g, (_all, begin, name, end) => {
    if (tables[name] === undefined) throw new Error(`${page}: there is no table '${name}'`);
    used.add(name);
    return `${begin}\n\n${tables[name]()}\n\n${end}`;
  });
  const missing = Object.keys(tables).filter((name) => !used.has(name));
  if (missing.length > 0) throw new Error(`${page}: no place for the table ${missing.join(', ')}`);
  return filled;
}
