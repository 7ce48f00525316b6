import { type Protocol, Transport, Verdict } from '../protocol.js';

/** In a connectionless PDU of DCE/RPC (C706 §12.5): octets where the data representation and the unique ids stand. */
const enum Pdu {
  Representation = 4,
  LittleEndian = 0x10,
  Object = 8,
  Interface = 24,
}

/**
 * DEA0000n-6C97-11D1-8271-00A02442DF7D: interfaces of IO devices, controllers, supervisors and parameter servers; their
 * objects begin in the same way (IEC 61158-6-10 §4.10.3).
 */
const FIRST_GROUP = 0xdea0;
const REST = Uint8Array.of(0x6c, 0x97, 0x11, 0xd1, 0x82, 0x71);

export const profinetIo: Protocol = {
  name: 'profinet_io',
  title: 'PROFINET IO, its context management',
  evidence: 'DCE/RPC over UDP with an interface or an object of PROFINET',
  transports: Transport.Udp,
  ports: [],
  first: [],
  // Begins as DCE/RPC, which refines to it.
  recognise: () => Verdict.NoMatch,
};

/** Whether a PDU of DCE/RPC over UDP, whose header is all there, is one of PROFINET. */
export function isProfinet(octets: Uint8Array, from: number): boolean {
  const isLittle = (octets[from + Pdu.Representation] & Pdu.LittleEndian) !== 0;
  return isOurs(octets, from + Pdu.Interface, isLittle) || isOurs(octets, from + Pdu.Object, isLittle);
}

/** Whether the unique id at `at` is one of PROFINET; its first three groups are in the order of the representation. */
function isOurs(octets: Uint8Array, at: number, isLittle: boolean): boolean {
  let first = 0;
  for (let n = 0; n < 4; n++) first = (first << 8) | octets[at + (isLittle ? 3 - n : n)];
  if (first >>> 16 !== FIRST_GROUP) return false;
  for (let n = 0; n < 6; n++) if (octets[at + 4 + (isLittle && n < 4 ? n ^ 1 : n)] !== REST[n]) return false;
  return true;
}
