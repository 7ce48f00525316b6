/**
 * The benchmark's traces. `conversations` go on at the same time: the flow of the next packet is drawn among them
 * independently of the packet before, number floor(conversations × u^skew) for a uniform u, so that low-numbered ones
 * send more often. There are no packet trains, which is the hardest order for a flow cache.
 *
 * @typedef {object} TrafficCase
 * @property {string} name
 * @property {string} title
 * @property {number} version part of the trace's name: raise it when the case's octets change
 * @property {boolean} isMeasured for speed; the others serve as a base line of memory
 * @property {number} packets
 * @property {number} snapLength
 * @property {number} seconds trace time
 * @property {number} conversations under way at once; with the ended ones that wait for their idle timeout (30 s) they
 *   make `liveFlows` in a meter
 * @property {number} liveFlows
 * @property {1 | 1.5 | 2 | 3} skew
 * @property {number} shortestFlow packets, the Pareto distribution's minimum
 * @property {number} longestFlow packets
 * @property {Record<string, number>} percentOfFlows profile name to its share among new conversations
 * @property {number} fullShareFactor multiplies the profiles' share of full-size segments
 */

const ORDINARY_SHARES = {
  tls: 44,
  http: 14,
  ssh: 3,
  smtp: 4,
  probe: 3,
  dns: 19,
  ntp: 2,
  quic: 8,
  rtp: 3,
};
/** Few conversations that only a timeout ends: many flows per second while few are live. */
const SHARES_WITH_LITTLE_UDP = {
  tls: 57,
  http: 25,
  ssh: 3,
  smtp: 6,
  probe: 1,
  dns: 2,
  ntp: 1,
  quic: 4,
  rtp: 1,
};

/** @type {Record<string, TrafficCase>} */
export const CASES = {
  'flows-10k': {
    name: 'flows-10k',
    version: 1,
    isMeasured: true,
    title: '10 k flows, snap length 128',
    packets: 10_000_000,
    snapLength: 128,
    seconds: 120,
    conversations: 3_000,
    liveFlows: 10_000,
    skew: 1.5,
    shortestFlow: 10,
    longestFlow: 100_000,
    percentOfFlows: SHARES_WITH_LITTLE_UDP,
    fullShareFactor: 1,
  },
  'flows-1m': {
    name: 'flows-1m',
    version: 1,
    isMeasured: true,
    title: '1 M flows, snap length 128',
    packets: 10_000_000,
    snapLength: 128,
    seconds: 75,
    conversations: 960_000,
    liveFlows: 1_000_000,
    skew: 1.5,
    shortestFlow: 4,
    longestFlow: 20_000,
    percentOfFlows: ORDINARY_SHARES,
    fullShareFactor: 1,
  },
  'mix-full': {
    name: 'mix-full',
    version: 1,
    isMeasured: true,
    title: 'full-size mix',
    packets: 7_300_000,
    snapLength: 65_535,
    seconds: 100,
    conversations: 4_000,
    liveFlows: 20_000,
    skew: 3,
    shortestFlow: 20,
    longestFlow: 100_000,
    percentOfFlows: ORDINARY_SHARES,
    fullShareFactor: 0.1,
  },
  'flows-10': {
    name: 'flows-10',
    version: 1,
    isMeasured: false,
    title: '10 conversations, snap length 128',
    packets: 1_000_000,
    snapLength: 128,
    seconds: 100,
    conversations: 10,
    liveFlows: 10,
    skew: 1,
    shortestFlow: 100_000,
    longestFlow: 1_000_000,
    percentOfFlows: { tls: 100 },
    fullShareFactor: 1,
  },
};
