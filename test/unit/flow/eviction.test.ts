import { describe, expect, it } from 'vitest';

import { Capture, type Packet, PACKET, TestMeter } from '../../support/traffic.js';

const SECOND_US = 1_000_000;
const OPTIONS = { idleUs: 30 * SECOND_US, activeUs: 1e15 };

const at = (seconds: number, flow: number): Packet => ({ ...PACKET, timeUs: seconds * SECOND_US, sourcePort: flow });

/** Numbers of the flows that had to go, in order, with `maxFlows` and batches of one packet. */
function evicted(packets: readonly Packet[], maxFlows: number): number[] {
  const capture = new Capture(packets);
  const meter = new TestMeter({ ...OPTIONS, maxFlows });
  for (let i = 0; i < packets.length; i++) {
    meter.process(capture.fill(i, i + 1));
    if (meter.meter.cache.size > maxFlows) expect.fail(`${meter.meter.cache.size} flows at packet ${i}`);
  }
  const gone = meter.finish().filter((record) => record.includes(' reason 5 '));
  return gone.map((record) => Number(/:(\d+)>/.exec(record)?.[1]));
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('when there are more flows than the bound', () => {
  it('each new flow sends one away, at any rate', () => {
    const gone = evicted(
      numbers(3000).map((flow) => at(0, flow)),
      100,
    );
    expect(gone).toHaveLength(2900);
    expect(new Set(gone).size).toBe(2900);
  });

  it('a bound of one flow holds', () => {
    expect(evicted([at(0, 1), at(1, 2), at(1, 2), at(2, 1), at(2, 1), at(3, 3)], 1)).toEqual([1, 2, 1]);
  });

  it('the flow that was idle for longest goes, not the oldest', () => {
    const flows = numbers(60);
    const packets = [...flows.map((flow) => at(0, flow)), ...flows.map((flow) => at(flow === 41 ? 0 : 20, flow))];
    expect(evicted([...packets, at(21, 1000)], 60)).toEqual([41]);
  });

  it('it goes also among a thousand flows that were all active since', () => {
    const flows = numbers(1000);
    const packets = [
      ...flows.map((flow) => at(0, flow)),
      ...flows.filter((flow) => flow !== 700).map((flow) => at(20, flow)),
    ];
    expect(evicted([...packets, at(21, 1000)], 1000)).toEqual([700]);
  });

  it('a flow in the batch that is sent away still counts its packets of before', () => {
    const capture = new Capture([at(0, 1), at(0, 1), at(0, 2), at(0, 1)]);
    const meter = new TestMeter({ ...OPTIONS, maxFlows: 1 });
    meter.process(capture.fill(0, 4));
    const packets = meter.finish().map((record) => record.match(/reason \d|\d+p/g));
    expect(packets).toEqual([
      ['reason 5', '2p'],
      ['reason 5', '1p'],
      ['reason 4', '1p'],
    ]);
  });
});
