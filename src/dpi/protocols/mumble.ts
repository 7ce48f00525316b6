import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** The ping of a client's server list: zero and an identifier; the answer: version, identifier, users, most users, bandwidth. */
const enum Ping {
  RequestOctets = 12,
  AnswerOctets = 24,
  Users = 12,
  MostUsers = 16,
  Bandwidth = 20,
  MostOfUsers = 100_000,
  LeastBandwidth = 8_000,
  MostBandwidth = 10_000_000,
}

export const mumble: Protocol = {
  name: 'mumble',
  title: 'Mumble, the ping of its servers',
  evidence: 'an answer of 24 octets with version 1, users below their most, and a bandwidth',
  transports: Transport.Udp,
  ports: [64738],
  first: [0],
  least: Ping.RequestOctets,

  recognise(octets, from, to, flow) {
    if (flow.wireOctets === Ping.RequestOctets)
      return u32(octets, from) === 0 && u32(octets, from + 8) !== 0 ? Verdict.NeedMore : Verdict.NoMatch;
    if (flow.wireOctets !== Ping.AnswerOctets || to - from < Ping.AnswerOctets) return Verdict.NoMatch;
    const most = u32(octets, from + Ping.MostUsers);
    const bandwidth = u32(octets, from + Ping.Bandwidth);
    const isAnswer =
      u16(octets, from) === 1 &&
      most > 0 &&
      most <= Ping.MostOfUsers &&
      u32(octets, from + Ping.Users) <= most &&
      bandwidth >= Ping.LeastBandwidth &&
      bandwidth <= Ping.MostBandwidth;
    return isAnswer ? Verdict.Match : Verdict.NoMatch;
  },
};
