import { Dns } from './dns-elements.js';
import { skipName, writeName } from './dns-name.js';
import { u16, u32 } from './octets.js';
import type { FlowView } from './protocol.js';

/** Resource records of DNS (RFC 1035 §3.2, §4.1.3) and what stands in them. */

export const enum Type {
  A = 1,
  Ns = 2,
  Cname = 5,
  Soa = 6,
  Ptr = 12,
  Mx = 15,
  Txt = 16,
  Aaaa = 28,
  Srv = 33,
  Dname = 39,
  Naptr = 35,
  Opt = 41,
  Svcb = 64,
  Https = 65,
  Caa = 257,
}

/** Options of EDNS (IANA DNS parameters). */
const enum Option {
  ServerId = 3,
  ClientSubnet = 8,
  ExtendedError = 15,
}

/** Parameters of a service (RFC 9460 §14.3.2). */
const enum Parameter {
  Alpn = 1,
  Port = 3,
  Ipv4Hints = 4,
  Ech = 5,
  Ipv6Hints = 6,
}

const enum Bound {
  Options = 16,
  Values = 16,
}

const address = new Uint8Array(16);

/** Writes the record at `p`; answers where the next begins, -1 when this one is cut. */
export function writeRecord(
  octets: Uint8Array,
  start: number,
  p: number,
  to: number,
  flow: FlowView,
  place: number,
): number {
  const { out } = flow;
  const fixed = skipName(octets, p, to);
  if (fixed < 0 || fixed + 10 > to) return -1;
  const type = u16(octets, fixed);
  const data = fixed + 10;
  const end = data + u16(octets, fixed + 8);
  if (end > to) return -1;
  if (type === Type.Opt) {
    writeOptions(octets, fixed, end, flow);
    return end;
  }
  out.begin(place);
  writeName(octets, start, p, to, flow, Dns.Name);
  out.unsigned(Dns.Type, type);
  out.unsigned(Dns.Class, u16(octets, fixed + 2));
  out.unsigned(Dns.Ttl, u32(octets, fixed + 4));
  writeData(octets, start, data, end, type, flow);
  out.end();
  return end;
}

/** EDNS (RFC 6891 §6.1): what stands in class and TTL, then options. */
function writeOptions(octets: Uint8Array, fixed: number, to: number, flow: FlowView): void {
  const { out } = flow;
  out.unsigned(Dns.UdpSize, u16(octets, fixed + 2));
  if (octets[fixed + 4] !== 0) out.unsigned(Dns.ExtendedRcode, octets[fixed + 4]);
  out.unsigned(Dns.EdnsVersion, octets[fixed + 5]);
  if (octets[fixed + 6] & 0x80) out.flag(Dns.DnssecOk, true);
  for (let p = fixed + 10, n = 0; p + 4 <= to && n < Bound.Options; n++) {
    const from = p + 4;
    const end = from + u16(octets, p + 2);
    if (end > to) return;
    switch (u16(octets, p)) {
      case Option.ServerId:
        if (end > from) out.text(Dns.ServerId, octets, from, end);
        break;
      case Option.ClientSubnet:
        writeSubnet(octets, from, end, flow);
        break;
      case Option.ExtendedError:
        if (end - from >= 2) out.unsigned(Dns.ExtendedErrors, u16(octets, from));
    }
    p = end;
  }
}

/** Client subnet (RFC 7871 §6): family, prefix lengths, and as many octets of the address as these need. */
function writeSubnet(octets: Uint8Array, from: number, to: number, flow: FlowView): void {
  if (to - from < 4 || to - from > 20) return;
  const { out } = flow;
  const family = u16(octets, from);
  address.fill(0);
  for (let n = 0; from + 4 + n < to; n++) address[n] = octets[from + 4 + n];
  if (family === 1) out.ipv4(Dns.ClientSubnet, address, 0);
  else if (family === 2) out.ipv6(Dns.ClientSubnet6, address, 0);
  else return;
  out.unsigned(Dns.ClientSubnetBits, octets[from + 2]);
}

function writeData(octets: Uint8Array, start: number, from: number, to: number, type: number, flow: FlowView): void {
  const { out } = flow;
  const length = to - from;
  switch (type) {
    case Type.A:
      if (length === 4) out.ipv4(Dns.A, octets, from);
      return;
    case Type.Aaaa:
      if (length === 16) out.ipv6(Dns.Aaaa, octets, from);
      return;
    case Type.Ns:
    case Type.Cname:
    case Type.Ptr:
    case Type.Dname:
      writeName(octets, start, from, to, flow, Dns.Target);
      return;
    case Type.Soa: {
      writeName(octets, start, from, to, flow, Dns.Target);
      const mailbox = skipName(octets, from, to);
      const serial = mailbox < 0 ? -1 : skipName(octets, mailbox, to);
      if (serial < 0 || serial + 4 > to) return;
      writeName(octets, start, mailbox, to, flow, Dns.Mailbox);
      out.unsigned(Dns.Serial, u32(octets, serial));
      return;
    }
    case Type.Mx:
      if (length < 3) return;
      out.unsigned(Dns.Preference, u16(octets, from));
      writeName(octets, start, from + 2, to, flow, Dns.Target);
      return;
    case Type.Srv:
      if (length < 7) return;
      out.unsigned(Dns.Priority, u16(octets, from));
      out.unsigned(Dns.Weight, u16(octets, from + 2));
      out.unsigned(Dns.Port, u16(octets, from + 4));
      writeName(octets, start, from + 6, to, flow, Dns.Target);
      return;
    case Type.Txt:
      for (let p = from, n = 0; p < to && n < 16; n++) {
        const end = Math.min(to, p + 1 + octets[p]);
        out.text(Dns.Text, octets, p + 1, end);
        p = end;
      }
      return;
    case Type.Svcb:
    case Type.Https:
      writeService(octets, start, from, to, flow);
      return;
    case Type.Caa: {
      const value = from + 2 + octets[from + 1];
      if (length < 2 || value > to) return;
      out.text(Dns.Tag, octets, from + 2, value);
      out.text(Dns.Value, octets, value, to);
      return;
    }
    case Type.Naptr:
      writeNaptr(octets, start, from, to, flow);
      return;
    default:
      if (length > 0) out.octets(Dns.Data, octets, from, to);
  }
}

/** A service and its parameters (RFC 9460 §2.2). */
function writeService(octets: Uint8Array, start: number, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  const target = from + 2;
  const parameters = skipName(octets, target, to);
  if (parameters < 0) return;
  out.unsigned(Dns.Priority, u16(octets, from));
  writeName(octets, start, target, to, flow, Dns.Target);
  for (let p = parameters, n = 0; p + 4 <= to && n < Bound.Options; n++) {
    const at = p + 4;
    const end = at + u16(octets, p + 2);
    if (end > to) return;
    switch (u16(octets, p)) {
      case Parameter.Alpn:
        for (let q = at, m = 0; q < end && m < Bound.Values; m++) {
          const next = q + 1 + octets[q];
          if (next <= end) out.text(Dns.Alpn, octets, q + 1, next);
          q = next;
        }
        break;
      case Parameter.Port:
        if (end - at === 2) out.unsigned(Dns.Port, u16(octets, at));
        break;
      case Parameter.Ipv4Hints:
        for (let q = at, m = 0; q + 4 <= end && m < Bound.Values; m++, q += 4) out.ipv4(Dns.Ipv4Hints, octets, q);
        break;
      case Parameter.Ech:
        out.flag(Dns.Ech, true);
        break;
      case Parameter.Ipv6Hints:
        for (let q = at, m = 0; q + 16 <= end && m < Bound.Values; m++, q += 16) out.ipv6(Dns.Ipv6Hints, octets, q);
    }
    p = end;
  }
}

/** Order, preference, flags, service, expression, replacement (RFC 3403 §4.1). */
function writeNaptr(octets: Uint8Array, start: number, from: number, to: number, flow: FlowView): void {
  const { out } = flow;
  if (to - from < 7) return;
  out.unsigned(Dns.Priority, u16(octets, from));
  out.unsigned(Dns.Preference, u16(octets, from + 2));
  let p = from + 4;
  for (let place: number = Dns.NaptrFlags; place <= Dns.Expression; place++) {
    const end = p < to ? p + 1 + octets[p] : to + 1;
    if (end > to) return;
    out.text(place, octets, p + 1, end);
    p = end;
  }
  if (p < to) writeName(octets, start, p, to, flow, Dns.Target);
}
