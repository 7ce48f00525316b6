import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A page of the documentation. */
export interface Page {
  /** Path within the repository. */
  readonly name: string;
  readonly text: string;
}

/** README.md, everything in docs/, and the pages that stand beside what they describe. */
export function pages(): Page[] {
  const docs = fs
    .readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name));
  return ['README.md', 'pcaps/README.md', 'bench/README.md', ...docs.sort()].map(page);
}

export function page(name: string): Page {
  return { name, text: fs.readFileSync(path.join(ROOT, name), 'utf8') };
}

/** The text without code: blocks and spans. */
export function prose(text: string): string {
  return text.replace(/^(```|~~~)[^]*?^\1$/gm, '').replace(/`[^`\n]*`/g, '');
}

/** What a heading is called in a link, as GitHub makes it. */
export function anchors(text: string): string[] {
  const headings = text.replace(/^(```|~~~)[^]*?^\1$/gm, '').matchAll(/^#+ +(.+)$/gm);
  const seen = new Map<string, number>();
  return Array.from(headings, ([, heading]) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}
