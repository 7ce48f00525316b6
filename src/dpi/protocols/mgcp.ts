import { ascii, find, indexOf, isDigit, lineEnd, startsWithAnyCase } from '../octets.js';
import { ElementType, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Commands = 0,
  Endpoints = 1,
}

const VERBS = [
  ascii('EPCF '),
  ascii('CRCX '),
  ascii('MDCX '),
  ascii('DLCX '),
  ascii('RQNT '),
  ascii('NTFY '),
  ascii('AUEP '),
  ascii('AUCX '),
  ascii('RSIP '),
];
const VERSION = ascii(' MGCP ');
const VERB_OCTETS = 5;
/** Ports of gateways, and of what controls them. */
const GATEWAY = 2427;
const AGENT = 2727;
const MOST_MESSAGES = 16;

export const mgcp: Protocol = {
  name: 'mgcp',
  title: 'Media Gateway Control Protocol',
  evidence:
    'a command line: verb, transaction, endpoint and MGCP with a version (RFC 3435 §3.2); on its ports also an answer',
  transports: Transport.Udp,
  ports: [GATEWAY, AGENT],
  first: [...ascii('ECMDRNAecmdrna0123456789')],
  least: 16,
  elements: [
    { name: 'commands', type: ElementType.Text, many: true, max: 8 },
    { name: 'endpoints', type: ElementType.Text, many: true },
  ],

  recognise(octets, from, to, { sourcePort, destinationPort }) {
    if (isCommand(octets, from, to)) return Verdict.Match;
    const isPort =
      sourcePort === GATEWAY || destinationPort === GATEWAY || sourcePort === AGENT || destinationPort === AGENT;
    return isPort && isAnswer(octets, from, to) ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      if (!isCommand(octets, from, to)) return 1;
      flow.out.text(Place.Commands, octets, from, from + VERB_OCTETS - 1);
      const start = indexOf(octets, from + VERB_OCTETS, to, 0x20) + 1;
      const end = indexOf(octets, start, to, 0x20);
      if (end > start) flow.out.text(Place.Endpoints, octets, start, end);
      return 1;
    },
  },
};

/** Whether it begins with a code of three digits and a transaction. */
function isAnswer(octets: Uint8Array, from: number, to: number): boolean {
  const isCode = isDigit(octets[from]) && isDigit(octets[from + 1]) && isDigit(octets[from + 2]);
  return isCode && to - from > 4 && octets[from + 3] === 0x20 && isDigit(octets[from + 4]);
}

function isCommand(octets: Uint8Array, from: number, to: number): boolean {
  let isVerb = false;
  for (const verb of VERBS) isVerb ||= startsWithAnyCase(octets, from, to, verb);
  if (!isVerb || !isDigit(octets[from + VERB_OCTETS])) return false;
  const line = indexOf(octets, from, to, 0x0a);
  return line > 0 && find(octets, from, lineEnd(octets, from, line), VERSION) > 0;
}
