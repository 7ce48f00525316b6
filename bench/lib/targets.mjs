/**
 * What the project promises, checked against every full-size run. Speeds are ratios of wall time on a trace in the page
 * cache, one worker, IPFIX file written.
 *
 * @typedef {object} Target
 * @property {string} caseName
 * @property {string} tool whose speed is divided …
 * @property {string} peer … by this one's
 * @property {number} atLeast
 * @property {boolean} [isStrict] more than `atLeast`, not as much
 */

/** @type {Target[]} */
export const SPEED_TARGETS = [
  { caseName: 'flows-10k', tool: 'weir-1', peer: 'tcpdump', atLeast: 0.9 },
  { caseName: 'flows-10k', tool: 'weir-1', peer: 'softflowd', atLeast: 6 },
  { caseName: 'flows-10k', tool: 'weir-1', peer: 'nfpcapd', atLeast: 6 },
  { caseName: 'flows-10k', tool: 'weir-2', peer: 'weir-1', atLeast: 1.6 },
  { caseName: 'flows-1m', tool: 'weir-1', peer: 'tcpdump', atLeast: 0.45 },
  { caseName: 'flows-1m', tool: 'weir-1', peer: 'softflowd', atLeast: 10 },
  { caseName: 'flows-1m', tool: 'weir-1', peer: 'nfpcapd', atLeast: 10 },
  { caseName: 'flows-1m', tool: 'weir-2', peer: 'weir-1', atLeast: 1.6 },
  { caseName: 'mix-full', tool: 'weir-1', peer: 'tcpdump', atLeast: 0.6 },
  {
    caseName: 'mix-full',
    tool: 'weir-1',
    peer: 'softflowd',
    atLeast: 1,
    isStrict: true,
  },
  {
    caseName: 'mix-full',
    tool: 'weir-1',
    peer: 'nfpcapd',
    atLeast: 1,
    isStrict: true,
  },
  { caseName: 'mix-full', tool: 'weir-2', peer: 'weir-1', atLeast: 1.6 },
];

export const MOST_OCTETS_PER_LIVE_FLOW = 200;
export const MOST_BASE_OCTETS = 90e6;

/**
 * @param {Target} target
 * @param {number} ratio
 */
export function isMet(target, ratio) {
  return target.isStrict === true ? ratio > target.atLeast : ratio >= target.atLeast;
}
