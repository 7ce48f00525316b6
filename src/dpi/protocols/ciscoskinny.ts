import { indexOf, isText } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Messages = 0,
  Device = 1,
}

/** Little-endian words: octets behind the second word, version, message. */
const enum Header {
  Octets = 12,
  Version = 4,
  Message = 8,
  LongestMessage = 4_096,
  HighestVersion = 0x40,
  Register = 1,
  /** A device registers with its name of 16 octets. */
  DeviceOctets = 16,
}

const PORT = 2000;
const MOST_MESSAGES = 16;

export const ciscoskinny: Protocol = {
  name: 'ciscoskinny',
  title: 'Cisco Skinny Client Control Protocol',
  evidence: 'messages whose length, version and number fit and that follow each other',
  transports: Transport.Tcp,
  ports: [PORT],
  least: Header.Octets,
  elements: [
    { name: 'messages', type: ElementType.Unsigned, many: true },
    { name: 'device', type: ElementType.Text, max: 16 },
  ],

  recognise(octets, from, to, flow) {
    const length = lengthOf(octets, from);
    if (length < 0) return Verdict.NoMatch;
    const next = from + length;
    if (next > to) return Verdict.NeedMore;
    if (isRegistration(octets, from, length)) return Verdict.Match;
    if (next + Header.Octets <= to) return lengthOf(octets, next) > 0 ? Verdict.Match : Verdict.NoMatch;
    const isPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    return isPort && next === to ? Verdict.Match : Verdict.NeedMore;
  },

  extractor: {
    words: 1,
    extract(octets, from, to, flow) {
      if (to - from < Header.Octets) return Extract.More;
      const length = lengthOf(octets, from);
      if (length < 0) return Extract.EndDirection;
      if (from + length > to && !flow.isLast) return Extract.More;
      if (flow.words[flow.memory]++ >= MOST_MESSAGES) return flow.out.stop();
      flow.out.unsigned(Place.Messages, octets[from + Header.Message] | (octets[from + Header.Message + 1] << 8));
      const device = from + Header.Octets;
      if (isRegistration(octets, from, length) && device + Header.DeviceOctets <= to) {
        flow.out.text(Place.Device, octets, device, indexOf(octets, device, device + Header.DeviceOctets, 0));
      }
      return length;
    },
  },
};

/** Octets of the message with its header; -1 when it is none. */
function lengthOf(octets: Uint8Array, from: number): number {
  if (octets[from + 2] | octets[from + 3] | octets[from + 5] | octets[from + 6] | octets[from + 7]) return -1;
  if (octets[from + Header.Message + 2] | octets[from + Header.Message + 3]) return -1;
  const length = octets[from] | (octets[from + 1] << 8);
  const message = octets[from + Header.Message] | (octets[from + Header.Message + 1] << 8);
  const isGood =
    length >= 4 &&
    length <= Header.LongestMessage &&
    octets[from + Header.Version] <= Header.HighestVersion &&
    (message < 0x0200 || message >= 0x8000);
  return isGood ? length + 8 : -1;
}

/** Whether it registers a device, whose name is text that ends in a zero. */
function isRegistration(octets: Uint8Array, from: number, length: number): boolean {
  const name = from + Header.Octets;
  if (length < Header.Octets + Header.DeviceOctets || octets[from + Header.Message] !== Header.Register) return false;
  const end = indexOf(octets, name, name + Header.DeviceOctets, 0);
  return octets[from + Header.Message + 1] === 0 && end >= name + 4 && isText(octets, name, end);
}
