import { TCP, UDP } from './frames.mjs';

/**
 * What kinds of conversation a trace holds. Their shares are the case's. A conversation's length in
 * packets is drawn from a Pareto distribution with exponent 4/3 (mean 4 × the case's shortest length, cut at its
 * longest), unless `packets` fixes it. Server payloads are full segments with probability `fullShare`, else small ones are
 * commoner than large ones (largest × u², u uniform).
 *
 * @typedef {object} Profile
 * @property {string} name also names its payloads
 * @property {number} protocol
 * @property {number} port
 * @property {number} packets fixed number of data packets, 0 when drawn
 * @property {number} lengthFactor multiplies the drawn length
 * @property {number} clientOctets largest later payload of the client
 * @property {number} serverOctets largest later payload of the server (full size is always 1448 for TCP, 1228 for QUIC)
 * @property {number} fullShare
 * @property {number} burst most server packets in a row
 */

/** @type {Profile[]} */
export const PROFILES = [
  profile('tls', TCP, 443, {
    clientOctets: 600,
    serverOctets: 1400,
    fullShare: 0.62,
    burst: 8,
    lengthFactor: 1.1,
  }),
  profile('http', TCP, 80, {
    clientOctets: 500,
    serverOctets: 1200,
    fullShare: 0.55,
    burst: 6,
  }),
  profile('ssh', TCP, 22, {
    clientOctets: 96,
    serverOctets: 180,
    fullShare: 0.02,
    burst: 2,
    lengthFactor: 2,
  }),
  profile('smtp', TCP, 25, {
    clientOctets: 1400,
    serverOctets: 60,
    fullShare: 0,
    burst: 1,
  }),
  profile('probe', TCP, 23, {}),
  profile('dns', UDP, 53, { packets: 2, clientOctets: 60, serverOctets: 200 }),
  profile('ntp', UDP, 123, { packets: 2, clientOctets: 48, serverOctets: 48 }),
  profile('quic', UDP, 443, {
    clientOctets: 90,
    serverOctets: 1200,
    fullShare: 0.7,
    burst: 6,
    lengthFactor: 3,
  }),
  profile('rtp', UDP, 40000, {
    clientOctets: 172,
    serverOctets: 172,
    burst: 1,
    lengthFactor: 6,
  }),
];

function profile(name, protocol, port, rest) {
  const defaults = {
    packets: 0,
    lengthFactor: 1,
    clientOctets: 0,
    serverOctets: 0,
    fullShare: 0,
    burst: 1,
  };
  return { name, protocol, port, ...defaults, ...rest };
}
