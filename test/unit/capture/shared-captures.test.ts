import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { InterfaceTable } from '../../../src/capture/interface-table.js';
import { openCapture } from '../../../src/capture/open-capture.js';
import { readAll } from './reading.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const flows = path.resolve(repository, '../shared/pcaps/flows');
const table = path.join(flows, 'captures.tsv');
const present = fs.existsSync(table);
if (!present) console.log(`skipped: reading real captures needs ${path.relative(repository, table)}`);

describe.skipIf(!present)('real captures', () => {
  it('have as many packets as an independent reader finds, and are damaged where it says so', async () => {
    const rows = fs.readFileSync(table, 'utf8').trim().split('\n');
    const column = Object.fromEntries(rows[0].split('\t').map((name, index) => [name, index]));
    expect(rows.length).toBeGreaterThan(1000);
    for (const row of rows.slice(1)) {
      const cells = row.split('\t');
      const interfaces = new InterfaceTable();
      const input = path.join(flows, cells[column['capture']]);
      const { packets, fault } = await readAll(await openCapture(input, interfaces), interfaces, { capacity: 256 });
      expect(packets.length, input).toBe(Number(cells[column['packets_read']]));
      const [, claimed] = /^caplen (\d+)$/.exec(cells[column['note']] ?? '') ?? [];
      if (claimed === undefined) expect(fault, input).toBeNull();
      else expect(fault?.message, input).toContain(`claims ${claimed} captured octets`);
    }
  }, 120_000);
});
