import { describe, expect, it } from 'vitest';

import type { CaptureInterface } from '../../src/capture/capture-reader.js';
import type { CaptureCounts } from '../../src/capture/live-capture.js';
import { isUsable, namespaceTrouble, scenario } from '../support/live.js';

if (namespaceTrouble !== null) console.warn(`live capture is not tested: ${namespaceTrouble}`);

interface Overload {
  readonly read: number;
  readonly later: number;
  readonly counts: CaptureCounts;
  readonly again: CaptureCounts;
}

interface Flapping {
  readonly steps: readonly {
    readonly what: string;
    readonly kind?: string;
    readonly message?: string;
    readonly ifIndex?: number;
    readonly packets?: number;
  }[];
  readonly counts: CaptureCounts;
  readonly rows: readonly CaptureInterface[];
  readonly afterClose: number;
}

interface Handles {
  readonly outcome: Readonly<Record<string, string>>;
}

const usable = namespaceTrouble === null ? ['afpacket', 'libpcap', 'pcap', 'cap'].filter(isUsable) : [];
const rings = usable.includes('afpacket') ? ['afpacket', 'copy'] : [];
const hasLibpcap = usable.includes('libpcap');

describe.skipIf(rings.length === 0)('a ring that overflows', () => {
  it('counts exactly what it has lost', async () => {
    const count = 4_000;
    const backends = hasLibpcap ? [...rings, 'libpcap'] : rings;
    const results = await scenario<Record<string, Overload>>('trouble', 'overload', { backends, count });
    for (const backend of backends) {
      const { read, later, counts, again } = results[backend];
      expect(read).toBeGreaterThan(0);
      expect(later).toBe(1);
      expect(counts.droppedByKernel).toBeGreaterThan(0);
      expect(counts).toMatchObject({ received: read + 1, droppedByKernel: count - read });
      expect(again).toEqual(counts);
    }
  });
});

describe.skipIf(usable.length === 0)('a silent wire', () => {
  it('lets next return when it was asked to, and after 100 ms in any case', async () => {
    const timeouts = [0, 20, 100, 5_000];
    const results = await scenario<Record<string, { count: number; ms: number }[]>>('trouble', 'silence', {
      backends: usable,
      timeouts,
    });
    for (const backend of usable) {
      for (const [i, { count, ms }] of results[backend].entries()) {
        const waited = Math.min(timeouts[i], 100);
        expect(count).toBe(0);
        expect(ms).toBeGreaterThan(waited - 2);
        // A loaded machine is late; five seconds it is not.
        expect(ms).toBeLessThan(waited + 2_000);
      }
    }
  });

  it('delivers a single packet within 100 ms', async () => {
    const backends = usable.filter((name) => name === 'afpacket' || name === 'libpcap');
    const results = await scenario<Record<string, number[]>>('trouble', 'latency', { backends, packets: 5 });
    for (const backend of backends) {
      const sorted = [...results[backend]].sort((a, b) => a - b);
      expect(sorted[2]).toBeLessThan(100);
    }
  });
});

describe.skipIf(usable.length === 0)('an interface', () => {
  // cap ends the process when its interface goes down.
  const backends = usable.filter((name) => name !== 'cap');

  it.each(backends)('of %s goes down and up, and away and back', async (backend) => {
    const { steps, counts, rows, afterClose } = await scenario<Flapping>('trouble', 'flapping', { backend });
    expect(steps.map(({ what, kind, packets }) => `${what}: ${kind ?? packets}`)).toEqual([
      'at first: 2',
      'down: down',
      'up: up',
      'up again: 2',
      'deleted: gone',
      'made anew: up',
      'made anew: 2',
    ]);
    expect(steps[4].message).toBe('no such interface');
    expect(steps[5].ifIndex).not.toBe(steps[4].ifIndex);
    expect(counts).toMatchObject({ received: 6, droppedByKernel: 0 });
    expect(rows.map(({ id }) => id)).toEqual([steps[4].ifIndex, steps[5].ifIndex]);
    expect(afterClose).toBe(0);
  });

  it('without a clock of its own is captured from with the time stamps of the system', async () => {
    const results = await scenario<Record<string, { trouble: string; aside: number[] }>>('trouble', 'timestamps', {
      backends: usable,
    });
    for (const backend of usable) {
      const { trouble, aside } = results[backend];
      expect(trouble).toMatch(backend === 'afpacket' ? /not supported/ : /does not have them/);
      expect(aside).toHaveLength(2);
      // `cap` stamps when it gets round to it.
      expect(Math.max(...aside)).toBeLessThan(2);
    }
  });

  it.skipIf(!hasLibpcap || rings.length === 0)('keeps its filter when it comes back', async () => {
    const { steps } = await scenario<Flapping>('trouble', 'flapping', { backend: 'afpacket', filter: 'udp' });
    expect(steps.filter(({ packets }) => packets !== undefined).map(({ packets }) => packets)).toEqual([1, 1, 1]);
  });
});

describe.skipIf(rings.length === 0 || !hasLibpcap)('the addon', () => {
  it('ends a reading thread by its flag, and gives rings of ended threads back', async () => {
    const { code, stopMs } = await scenario<{ code: number; stopMs: number }>('trouble', 'threads');
    expect(code).toBe(0);
    expect(stopMs).toBeLessThan(5_000);
  });

  it('takes each handle for what it is, or refuses it', async () => {
    const { outcome, ...rest } = await scenario<Handles>('trouble', 'handles');
    const allowed = Object.keys(outcome).filter((each) => outcome[each] !== 'ERR_INVALID_ARG_TYPE');
    const numbers = ['never opened', 'zero', 'negative', 'fraction', 'reused slot', 'closed ring', 'closed pcap'];
    expect(allowed.sort()).toEqual(
      [
        ...['ringWait', 'ringRelease', 'ringCopy', 'ringStatistics', 'close'].map((name) => `ring ${name}`),
        ...['pcapNext', 'pcapStatistics', 'close'].map((name) => `pcap ${name}`),
        ...numbers.map((state) => `${state} close`),
      ].sort(),
    );
    // Views of a ring are empty once it is closed.
    expect(rest).toEqual({ before: 16_384, after: 0, value: null, twice: [true, false] });
  });

  it('refuses arguments that reach outside of what they name', async () => {
    const outcome = await scenario<Record<string, string>>('trouble', 'wildArguments');
    const { 'a filter that does not end': unended, 'no such interface': absent, ...others } = outcome;
    const { 'an expression that is none': unparsed, ...wrong } = others;
    expect({ unended, absent, unparsed }).toEqual({ unended: 'EINVAL', absent: 'ENODEV', unparsed: 'PCAP' });
    expect(new Set(Object.values(wrong))).toEqual(new Set(['ERR_INVALID_ARG_TYPE']));
  });
});
