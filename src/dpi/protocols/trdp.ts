import { u16, u32 } from '../octets.js';
import { type Protocol, Transport, Verdict } from '../protocol.js';

/** Header of IEC 61375-2-3 annex A: sequence, version, type, communication id, topology counters, length of the data. */
const enum Header {
  Version = 4,
  Type = 6,
  Length = 20,
  /** Of process data, and of a message. */
  ProcessOctets = 40,
  MessageOctets = 116,
  MostProcess = 1_432,
  MostMessage = 65_388,
}

/** The second letter of what begins with P (process data) and with M (messages). */
const PROCESS = letters('drpe');
const MESSAGE = letters('nrpqce');

export const trdp: Protocol = {
  name: 'trdp',
  title: 'Train Real-time Data Protocol',
  evidence: 'version 1, a message type in two letters, and a length that the datagram has room for',
  transports: Transport.Both,
  ports: [17224, 17225],
  // Version 1, and the first letter of a type.
  mark: { at: Header.Version, mask: 0xfffe_e200, value: 0x0100_4000 },
  least: Header.ProcessOctets,

  recognise(octets, from, _to, flow) {
    if (octets[from + Header.Version] !== 1 || octets[from + Header.Version + 1] > 1) return Verdict.NoMatch;
    const type = u16(octets, from + Header.Type);
    const length = u32(octets, from + Header.Length);
    const second = type & 0xff;
    const isProcess = type >>> 8 === 0x50 && PROCESS[second] === 1 && length <= Header.MostProcess;
    if (!isProcess && (type >>> 8 !== 0x4d || MESSAGE[second] === 0 || length > Header.MostMessage))
      return Verdict.NoMatch;
    if (flow.transport === Transport.Tcp) return isProcess ? Verdict.NoMatch : Verdict.Match;
    const whole = (isProcess ? Header.ProcessOctets : Header.MessageOctets) + length;
    return flow.wireOctets >= whole && flow.wireOctets < whole + 4 ? Verdict.Match : Verdict.NoMatch;
  },
};

function letters(text: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const letter of Buffer.from(text)) table[letter] = 1;
  return table;
}
