import fs from 'node:fs';
import { parseArgs } from 'node:util';

import { type Registered, REGISTRY } from '../../src/dpi/registry.js';
import { capturesIn } from '../support/captures.js';
import { CaseMaker } from '../support/fuzz/case-maker.js';
import { conversationsIn, sampleConversations } from '../support/fuzz/conversations.js';
import { InspectedCases } from '../support/fuzz/inspected-cases.js';
import { seedsByProtocol } from '../support/fuzz/seeds.js';

/** What scripts/fuzz-dpi runs: so many cases of each protocol, one line of figures for each, and a sum. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '1000000' },
    first: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    captures: { type: 'string' },
    json: { type: 'string' },
  },
});
const cases = Number(values.cases);
const conversations = await sampleConversations();
if (values.captures !== undefined) {
  for (const file of capturesIn(values.captures)) conversations.push(...(await conversationsIn(file)));
}
const seeds = seedsByProtocol(conversations);
const chosen = REGISTRY.all.filter(({ protocol }) => positionals.length === 0 || positionals.includes(protocol.name));
process.stdout.write(
  'protocol             seeds    cases   packets recognised extracted  us/case  worst us  octets   case  peak KiB  heap KiB\n',
);
let failed = 0;
for (const registered of chosen) if (!fuzz(registered)) failed++;
process.stdout.write(`${chosen.length} protocols, ${chosen.length * cases} cases, ${failed} failed\n`);
process.exitCode = failed > 0 ? 1 : 0;

/** False when a case threw, or when memory was not given back. */
function fuzz(registered: Registered): boolean {
  const { name, elements } = registered.protocol;
  const inspected = new InspectedCases(new CaseMaker(seeds[registered.number], Number(values.seed)), registered);
  const first = Number(values.first);
  try {
    const warm = Math.min(cases, 20_000);
    inspected.run(first, (count) => count >= warm);
    const before = heapOctets();
    inspected.run(first + warm, (count) => count >= cases - warm);
    const growth = heapOctets() - before;
    const outcome = inspected.finish();
    const held = outcome.heldOctets;
    const line = [
      name.padEnd(20),
      String(seeds[registered.number].length).padStart(5),
      String(outcome.cases).padStart(8),
      String(outcome.packets).padStart(9),
      String(outcome.recognised).padStart(10),
      (elements === undefined ? '-' : String(outcome.extracted)).padStart(9),
      (outcome.cpuUs / outcome.cases).toFixed(1).padStart(8),
      outcome.worstUs.toFixed(0).padStart(9),
      String(outcome.worstOctets).padStart(7),
      String(outcome.worstCase).padStart(6),
      (outcome.peakOctets / 1_024).toFixed(0).padStart(9),
      (growth / 1_024).toFixed(0).padStart(9),
    ];
    process.stdout.write(`${line.join(' ')}${held === 0 ? '' : `  still holds ${held} octets`}\n`);
    if (values.json !== undefined) fs.appendFileSync(values.json, `${JSON.stringify({ name, growth, ...outcome })}\n`);
    return held === 0;
  } catch (error) {
    process.stdout.write(`${name}: seed ${values.seed}: ${String(error)}: ${String((error as Error).cause)}\n`);
    process.stdout.write(`${((error as Error).cause as Error | undefined)?.stack ?? ''}\n`);
    return false;
  }
}

function heapOctets(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
