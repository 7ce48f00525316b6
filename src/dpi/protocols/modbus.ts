import { u16 } from '../octets.js';
import { ElementType, Extract, type FlowView, type Protocol, Transport, Verdict } from '../protocol.js';

const enum Place {
  Units = 0,
  Functions = 1,
  Exceptions = 2,
  Data = 3,
}

/** MBAP header (Modbus Messaging on TCP/IP §3.1.3): transaction, protocol 0, length, unit; then the function. */
const enum Header {
  Protocol = 2,
  Length = 4,
  Unit = 6,
  Function = 7,
  Data = 8,
  Most = 254,
}

const enum Function {
  ReadCoils = 1,
  ReadInput = 4,
  WriteCoil = 5,
  WriteRegister = 6,
  Diagnostics = 8,
  WriteCoils = 15,
  WriteRegisters = 16,
  ReadWrite = 23,
  Last = 127,
  Exception = 0x80,
}

const PORT = 502;

const enum Bound {
  Messages = 64,
}

export const modbus: Protocol = {
  name: 'modbus',
  title: 'Modbus/TCP',
  evidence: 'an MBAP header with protocol 0 whose length is that of the message and of what its function has',
  transports: Transport.Both,
  ports: [PORT],
  mark: { at: 0, mask: 0x0000_ffff, value: 0 },
  least: 9,
  elements: [
    { name: 'units', type: ElementType.Unsigned, many: true },
    { name: 'functions', type: ElementType.Unsigned, many: true },
    { name: 'exceptions', type: ElementType.Unsigned, many: true },
    { name: 'data', type: ElementType.Octets, max: 253, ie: 'modbusData' },
  ],

  recognise(octets, from, to, flow) {
    const length = u16(octets, from + Header.Length);
    const isHeader = u16(octets, from + Header.Protocol) === 0 && length >= 3 && length <= Header.Most;
    if (!isHeader || octets[from + Header.Function] === 0) return Verdict.NoMatch;
    const end = from + Header.Unit + length;
    if (to < end) return flow.isLast || flow.transport === Transport.Udp ? Verdict.NoMatch : Verdict.NeedMore;
    // What follows must be a message, too.
    if (to > end + 4 && u16(octets, end + 2) !== 0) return Verdict.NoMatch;
    if (flow.transport === Transport.Udp && to !== end) return Verdict.NoMatch;
    const isPort = flow.sourcePort === PORT || flow.destinationPort === PORT;
    if (isForm(octets, from, end)) return flow.transport === Transport.Tcp || isPort ? Verdict.Match : Verdict.Likely;
    return isPort ? Verdict.Likely : Verdict.NoMatch;
  },

  extractor: {
    words: 1,
    window: 512,
    extract(octets, from, to, flow) {
      if (to - from < Header.Data) return flow.isLast ? Extract.EndDirection : Extract.More;
      const length = u16(octets, from + Header.Length);
      if (u16(octets, from + Header.Protocol) !== 0 || length < 2 || length > Header.Most) return Extract.EndDirection;
      const end = from + Header.Unit + length;
      if (to < end && !flow.isLast) return Extract.More;
      write(octets, from, Math.min(to, end), flow);
      return ++flow.words[flow.memory] >= Bound.Messages ? Extract.End : end - from;
    },
  },
};

/** Whether the octets of a message are as many as its function has in a request or an answer. */
function isForm(octets: Uint8Array, from: number, end: number): boolean {
  const kind = octets[from + Header.Function];
  const data = end - from - Header.Data;
  const at = from + Header.Data;
  if (kind >= Function.Exception) return data === 1 && (kind & 0x7f) <= 43 && octets[at] >= 1 && octets[at] <= 11;
  if (kind <= Function.ReadInput) return data === 4 || data === 1 + octets[at];
  if (kind === Function.WriteCoil || kind === Function.WriteRegister || kind === Function.Diagnostics)
    return data === 4;
  if (kind === Function.WriteCoils || kind === Function.WriteRegisters)
    return data === 4 || data === 5 + octets[at + 4];
  if (kind === Function.ReadWrite) return data === 1 + octets[at] || data === 9 + octets[at + 8];
  if (kind === 43) return octets[at] === 0x0e || octets[at] === 0x0d;
  if (kind === 20 || kind === 21 || kind === 17 || kind === 12) return data === 1 + octets[at] || data === 0;
  if (kind === 22) return data === 6;
  if (kind === 24) return data === 2 || data === 2 + u16(octets, at);
  return false;
}

function write(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  const kind = octets[from + Header.Function];
  flow.out.unsigned(Place.Units, octets[from + Header.Unit]);
  flow.out.unsigned(Place.Functions, kind & 0x7f);
  if (kind >= Function.Exception && from + Header.Data < to) {
    flow.out.unsigned(Place.Exceptions, octets[from + Header.Data]);
  }
  if (flow.words[flow.memory] === 0) flow.out.octets(Place.Data, octets, from + Header.Function, to);
}
