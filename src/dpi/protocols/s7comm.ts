import { cotpData } from '../cotp.js';
import { u16 } from '../octets.js';
import { ElementType, Extract, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Functions = 0,
  Errors = 1,
}

/** Message of S7 behind TPKT and COTP: protocol 0x32, kind, reserved, reference, lengths, then parameters. */
const enum Message {
  Id = 0x32,
  Kind = 8,
  Acknowledged = 3,
  RequestFunction = 17,
}

const MOST_MESSAGES = 64;

export const s7comm: Protocol = {
  name: 's7comm',
  title: 'Siemens S7 communication',
  evidence: 'a message of protocol 0x32 behind the opening of the ISO transport',
  transports: Transport.Tcp,
  ports: [102],
  first: [3],
  elements: [
    { name: 'functions', type: ElementType.Unsigned, many: true },
    { name: 'errors', type: ElementType.Unsigned, many: true },
  ],
  recognise: (octets, from, to, flow): Verdict => cotpData(octets, from, to, flow, Message.Id),
  extractor: {
    words: 1,
    window: 1_024,
    extract(octets, from, to, flow) {
      if (to - from < 7) return flow.isLast ? Extract.EndDirection : Extract.More;
      const length = u16(octets, from + 2);
      if (octets[from] !== 3 || length < 7) return Extract.EndDirection;
      if (length < 18 || octets[from + 5] !== 0xf0) return length;
      if (to - from < 20 && to - from < length) return flow.isLast ? Extract.EndDirection : Extract.More;
      if (octets[from + 7] !== Message.Id) return length;
      const isAnswer = octets[from + Message.Kind] === 2 || octets[from + Message.Kind] === Message.Acknowledged;
      const at = Message.RequestFunction;
      if (isAnswer && u16(octets, from + 17) !== 0) flow.out.unsigned(Place.Errors, u16(octets, from + 17));
      if (at < length && from + at < to && !isAnswer) flow.out.unsigned(Place.Functions, octets[from + at]);
      return ++flow.words[flow.memory] >= MOST_MESSAGES ? Extract.End : length;
    },
  },
};
