import { u16le } from '../little-endian.js';
import { ascii, startsWith } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

const GAME = ascii('WoW\0');
const CONNECTION = ascii('WORLD OF WARCRAFT CONNECTION');

/** The first message to the login server: command, protocol, size, game, version. */
const enum Challenge {
  Size = 2,
  Game = 4,
  Octets = 34,
  LastProtocol = 8,
}

export const worldOfWarcraft: Protocol = {
  name: 'worldofwarcraft',
  title: 'World of Warcraft',
  evidence:
    'the challenge to the login server with the name of the game, or the line that both ends of a world begin with',
  transports: Transport.Tcp,
  ports: [3724],
  first: [0, CONNECTION[0]],
  least: Challenge.Octets,

  recognise(octets, from, to) {
    // The line may stand behind its length.
    if (startsWith(octets, from, to, CONNECTION) || startsWith(octets, from + 2, to, CONNECTION)) return Verdict.Match;
    const isChallenge =
      octets[from + 1] <= Challenge.LastProtocol &&
      u16le(octets, from + Challenge.Size) >= Challenge.Octets - 4 &&
      startsWith(octets, from + Challenge.Game, to, GAME);
    return isChallenge && octets[from] === 0 ? Verdict.Match : Verdict.NoMatch;
  },
};
