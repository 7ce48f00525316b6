#!/usr/bin/env node
// Makes src/ipfix/information-elements.generated.ts out of scripts/data/information-elements.csv.
//
//   node scripts/generate-information-elements.mjs           writes the file
//   node scripts/generate-information-elements.mjs --check   exits 1 when the file is not what would be written
//
// Columns of the CSV: pen,id,name,type,semantics,units,status. PEN 0 is the IANA registry, 6871 CERT, 6876 VMware
// (Open vSwitch publishes its elements for tunnels under that number).
import { readFileSync, writeFileSync } from 'node:fs';

const source = new URL('./data/information-elements.csv', import.meta.url);
const target = new URL('../src/ipfix/information-elements.generated.ts', import.meta.url);
const HEADER = 'pen,id,name,type,semantics,units,status';

/** The rows of the CSV, checked: numbers in range, names plain, no element twice. */
function readRows(text) {
  const lines = text.trimEnd().split('\n');
  if (lines[0] !== HEADER) throw new Error(`first line is '${lines[0]}', expected '${HEADER}'`);
  const seen = new Set();
  return lines.slice(1).map((line, index) => {
    const where = `line ${index + 2}`;
    const [pen, id, name, type, semantics, units, status, ...rest] = line.split(',');
    if (status === undefined || rest.length > 0) throw new Error(`${where}: expected 7 columns: ${line}`);
    if (!/^\d+$/.test(pen) || !/^\d+$/.test(id) || Number(id) > 0x7fff)
      throw new Error(`${where}: bad number: ${line}`);
    if (!/^[A-Za-z][\w-]*$/.test(name)) throw new Error(`${where}: bad name '${name}'`);
    if (![type, semantics, units, status].every((word) => /^[\w -]*$/.test(word)))
      throw new Error(`${where}: bad word: ${line}`);
    if (seen.has(`${pen}/${id}`)) throw new Error(`${where}: ${pen}/${id} stands there twice`);
    seen.add(`${pen}/${id}`);
    return { pen: Number(pen), id: Number(id), name, type, semantics, units, status };
  });
}

function render(rows) {
  const lines = rows.map(({ pen, id, name, type, semantics, units, status }) => {
    const words = [name, type, semantics, units, ...(status === 'current' ? [] : [status])].map((word) => `'${word}'`);
    return `  [${pen}, ${id}, ${words.join(', ')}],`;
  });
  return `// Made by scripts/generate-information-elements.mjs from scripts/data/information-elements.csv. Do not edit.
import type { InformationElementRow } from './information-model.js';

/** Enterprise number, id, name, abstract data type, semantics, units, and the status when it is not current. */
export const INFORMATION_ELEMENT_ROWS: readonly InformationElementRow[] = [
${lines.join('\n')}
];
`;
}

const wanted = render(readRows(readFileSync(source, 'utf8')));
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== wanted) {
    console.error('src/ipfix/information-elements.generated.ts is out of date: run npm run generate');
    process.exitCode = 1;
  }
} else {
  writeFileSync(target, wanted);
}
