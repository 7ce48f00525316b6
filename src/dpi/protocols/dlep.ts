import { ascii, startsWith, u16 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const SIGNAL = ascii('DLEP');

/** RFC 8175 §11: type and length; a signal begins with DLEP. Data items, each with type and length, fill what follows. */
const enum Message {
  HeaderOctets = 4,
  LastType = 17,
  LastSignal = 2,
  LastItem = 32,
  Longest = 8_192,
}

const MOST_ITEMS = 64;

export const dlep: Protocol = {
  name: 'dlep',
  title: 'Dynamic Link Exchange Protocol',
  evidence: 'a signal that begins with DLEP, or a message whose data items fill it',
  transports: Transport.Both,
  ports: [854],
  first: [0, SIGNAL[0]],
  least: 8,

  recognise(octets, from, to, flow) {
    if (flow.transport === Transport.Udp) {
      const type = u16(octets, from + 4);
      const isSignal = startsWith(octets, from, to, SIGNAL) && type >= 1 && type <= Message.LastSignal;
      return isSignal && u16(octets, from + 6) + 8 === flow.wireOctets ? Verdict.Match : Verdict.NoMatch;
    }
    const type = u16(octets, from);
    const length = u16(octets, from + 2);
    if (type === 0 || type > Message.LastType || length < 8 || length > Message.Longest) return Verdict.NoMatch;
    const end = from + Message.HeaderOctets + length;
    let p = from + Message.HeaderOctets;
    for (let n = 0; n < MOST_ITEMS && p + 4 <= Math.min(to, end); n++) {
      const item = u16(octets, p);
      if (item === 0 || item > Message.LastItem) return Verdict.NoMatch;
      p += 4 + u16(octets, p + 2);
    }
    if (p === end) return Verdict.Match;
    return p < end && to < end ? Verdict.NeedMore : Verdict.NoMatch;
  },
};
