import { digest } from '../digest.js';
import { ascii, indexOf, lineEnd, mayStartWith, u32 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  ClientVersion = 0,
  ServerVersion = 1,
  Hassh = 2,
  HasshServer = 3,
  ClientAlgorithms = 4,
  ServerAlgorithms = 5,
  /** Within both groups, in the order of the message. */
  KeyExchange = 6,
  HostKey = 7,
  CipherToServer = 8,
  CipherToClient = 9,
  MacToServer = 10,
  MacToClient = 11,
  CompressionToServer = 12,
  CompressionToClient = 13,
}

const START = ascii('SSH-');
const KEXINIT = 20;
const LISTS = 8;
const enum Packet {
  /** Length, padding length, type, cookie (RFC 4253 §6, §7.1). */
  HeaderOctets = 5,
  ListsAt = 22,
  Longest = 35_000,
  LongestVersion = 255,
}

/** Name lists of a HASSH: key exchange, then cipher, MAC and compression of the sender's own direction. */
const CLIENT_LISTS = Uint8Array.of(0, 2, 4, 6);
const SERVER_LISTS = Uint8Array.of(0, 3, 5, 7);

const lists = new Int32Array(2 * LISTS);
const text = new Uint8Array(8_192);
const hash = new Uint8Array(16);

const LIST = { type: ElementType.Text, max: 1_024, within: 'algorithms' } as const;

export const ssh: Protocol = {
  name: 'ssh',
  title: 'Secure Shell',
  evidence: 'the version line of RFC 4253 §4.2',
  transports: Transport.Tcp,
  ports: [22, 2222],
  first: [START[0]],
  elements: [
    { name: 'clientVersion', type: ElementType.Text, ie: 'sshVersion' },
    { name: 'serverVersion', type: ElementType.Text, ie: 'sshServerVersion' },
    { name: 'hassh', type: ElementType.Octets, max: 16, ie: 'sshHassh' },
    { name: 'hasshServer', type: ElementType.Octets, max: 16, ie: 'sshServerHassh' },
    { name: 'clientAlgorithms', type: ElementType.Group },
    { name: 'serverAlgorithms', type: ElementType.Group },
    { name: 'keyExchange', ...LIST },
    { name: 'hostKey', ...LIST },
    { name: 'cipherToServer', ...LIST },
    { name: 'cipherToClient', ...LIST },
    { name: 'macToServer', ...LIST },
    { name: 'macToClient', ...LIST },
    { name: 'compressionToServer', ...LIST },
    { name: 'compressionToClient', ...LIST },
  ],

  recognise(octets, from, to) {
    if (!mayStartWith(octets, from, to, START)) return Verdict.NoMatch;
    if (to - from < 8) return Verdict.NeedMore;
    const isVersion = octets[from + 5] === 0x2e || octets[from + 6] === 0x2e;
    return isVersion ? Verdict.Match : Verdict.NoMatch;
  },

  extractor: {
    words: 2,
    window: 16_384,
    extract(octets, from, to, flow) {
      const state = flow.memory + flow.direction;
      if (flow.words[state] === 0) {
        const line = indexOf(octets, from, Math.min(to, from + Packet.LongestVersion), 0x0a);
        if (line < 0 && !flow.isLast) return to - from < Packet.LongestVersion ? Extract.More : Extract.EndDirection;
        const end = line < 0 ? to : lineEnd(octets, from, line);
        flow.out.text(flow.direction === 0 ? Place.ClientVersion : Place.ServerVersion, octets, from, end);
        flow.words[state] = 1;
        return line < 0 ? Extract.EndDirection : line + 1 - from;
      }
      if (to - from < Packet.HeaderOctets + 1) return Extract.More;
      const length = u32(octets, from);
      if (length < 12 || length > Packet.Longest || octets[from + 5] !== KEXINIT) return Extract.EndDirection;
      const end = from + 4 + length;
      if (end > to && !flow.isLast) return Extract.More;
      writeAlgorithms(octets, from, Math.min(to, end), flow);
      return Extract.EndDirection;
    },
  },
};

function writeAlgorithms(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const isClient = flow.direction === 0;
  let p = from + Packet.ListsAt;
  let count = 0;
  for (; count < LISTS && p + 4 <= to; count++) {
    const end = p + 4 + u32(octets, p);
    if (end > to) break;
    lists[2 * count] = p + 4;
    lists[2 * count + 1] = end;
    p = end;
  }
  flow.out.begin(isClient ? Place.ClientAlgorithms : Place.ServerAlgorithms);
  for (let n = 0; n < count; n++) flow.out.text(Place.KeyExchange + n, octets, lists[2 * n], lists[2 * n + 1]);
  flow.out.end();
  if (count < LISTS) return;
  let at = 0;
  const chosen = isClient ? CLIENT_LISTS : SERVER_LISTS;
  for (let n = 0; n < chosen.length; n++) {
    if (n > 0) text[at++] = 0x3b;
    for (let q = lists[2 * chosen[n]]; q < lists[2 * chosen[n] + 1] && at < text.length - 1; q++)
      text[at++] = octets[q];
  }
  digest('md5', text, 0, at, hash, 0);
  flow.out.octets(isClient ? Place.Hassh : Place.HasshServer, hash, 0, 16);
}
