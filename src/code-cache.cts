import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** Compiled code fits one version of the engine, on one kind of machine; the engine looks at the version again. */
const FOLDER = join(__dirname, 'program', 'compiled', `${process.version}-${process.platform}-${process.arch}`);

/** What has been run, by file. */
const chunks = new Map<string, Chunk>();

interface Chunk {
  readonly script: Script;
  readonly module: { exports: unknown };
}

type Wrapper = (exports: unknown, require: NodeJS.Require, module: unknown, file: string, folder: string) => void;

/**
 * `require` for a file of the bundled program: files beside it are run from compiled code, where the build has left some that
 * fits, so that the engine need not read the source again. Where it has not, they are compiled as always.
 * @param require of that file
 * @param folder where it lies
 */
export function requireCompiled(require: NodeJS.Require, folder: string): NodeJS.Require {
  const load = (id: string): unknown =>
    id.startsWith('./') ? exportsOf(join(folder, id), require) : (require(id) as unknown);
  return Object.assign(load, require);
}

function exportsOf(file: string, require: NodeJS.Require): unknown {
  let chunk = chunks.get(file);
  if (chunk === undefined) {
    const script = compile(file);
    chunk = { script, module: { exports: {} } };
    // Before it runs: files may require each other.
    chunks.set(file, chunk);
    const folder = dirname(file);
    const { module } = chunk;
    (script.runInThisContext() as Wrapper)(module.exports, requireCompiled(require, folder), module, file, folder);
  }
  return chunk.module.exports;
}

/** Exported for its test. */
export function compile(file: string): Script {
  // Of the program all is ASCII, which is read fastest so.
  const source = `(function (exports, require, module, __filename, __dirname) { ${readFileSync(file, 'latin1')}\n})`;
  const cachedData = compiled(file);
  return new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
}

/** Names of files tell their content, so what is there belongs to this source. */
function compiled(file: string): Buffer | undefined {
  try {
    return readFileSync(join(FOLDER, basename(file)));
  } catch {
    return undefined;
  }
}

/** Writes down the code of all files that have been run, with the functions that have been called. For the build. */
export function writeCompiled(): void {
  mkdirSync(FOLDER, { recursive: true });
  for (const [file, { script }] of chunks) {
    const target = join(FOLDER, basename(file));
    if (compiled(file) === undefined) writeFileSync(target, script.createCachedData());
  }
}
