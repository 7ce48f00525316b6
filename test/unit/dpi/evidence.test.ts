import { describe, expect, it } from 'vitest';

import { inspectCapture, inspectFrames, type Message, tcpFrames } from '../../support/inspect.js';
import { rulesOf } from '../../support/label-rules.js';
import { bundled } from '../../support/run-weir.js';

const REQUEST: readonly Message[] = [['client', 'GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n']];
const NOISE: readonly Message[] = [['client', Uint8Array.of(0xee, 0xdd, 0xcc, 0xbb)]];

describe('applicationEvidence', () => {
  it('is inspection where octets decide', async () => {
    const [flow] = await inspectFrames(tcpFrames(REQUEST));
    expect(flow).toMatchObject({ applicationName: 'http', applicationEvidence: 'inspection' });
  });

  it('is expected where another flow announced this one', async () => {
    const flows = await inspectCapture(bundled('ftp-passive.pcap'));
    const data = flows.find(({ applicationName }) => applicationName === 'ftp-data');
    expect(data).toMatchObject({ applicationEvidence: 'expected' });
  });

  it('is port where nothing else is known, and missing without a label', async () => {
    const frames = tcpFrames(NOISE, { serverPort: 80 });
    const [byPort] = await inspectFrames(frames, { labelByPort: true });
    expect(byPort).toMatchObject({ applicationName: 'http', applicationEvidence: 'port' });
    const [without] = await inspectFrames(frames);
    expect(without).not.toHaveProperty('applicationEvidence');
  });

  it.each([
    ['host', REQUEST, '{ name: site, hosts: [example.test] }'],
    ['payload', NOISE, '{ name: site, prefix: { hex: eedd } }'],
    ['network', NOISE, '{ name: site, networks: [10.0.0.2] }'],
    ['port', NOISE, '{ name: site, ports: 9 }'],
  ] as const)('is rule.%s where a rule gave the name', async (basis, messages, rule) => {
    const [flow] = await inspectFrames(tcpFrames(messages), { rules: rulesOf(`  - ${rule}`), labelByPort: true });
    expect(flow).toMatchObject({ applicationName: 'site', applicationEvidence: `rule.${basis}` });
  });
});
