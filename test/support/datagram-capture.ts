import { pcap } from '../unit/capture/capture-builder.js';

const LINKTYPE_RAW = 101;
const IP_OCTETS = 20;
const UDP_OCTETS = 8;
const UDP = 17;

/** A capture in which these datagrams go from one host to another's port. */
export function datagramCapture(datagrams: readonly Uint8Array[], port: number): Uint8Array {
  const records = datagrams.map((payload, n) => ({
    seconds: 1_700_000_000 + n,
    subseconds: 0,
    data: packet(payload, port),
  }));
  return pcap(records, { linkField: LINKTYPE_RAW });
}

function packet(payload: Uint8Array, port: number): Uint8Array {
  const octets = Buffer.alloc(IP_OCTETS + UDP_OCTETS + payload.length);
  octets[0] = 0x45;
  octets.writeUInt16BE(octets.length, 2);
  octets[8] = 64;
  octets[9] = UDP;
  octets.set([192, 0, 2, 1], 12);
  octets.set([192, 0, 2, 2], 16);
  octets.writeUInt16BE(50_000, IP_OCTETS);
  octets.writeUInt16BE(port, IP_OCTETS + 2);
  octets.writeUInt16BE(UDP_OCTETS + payload.length, IP_OCTETS + 4);
  octets.set(payload, IP_OCTETS + UDP_OCTETS);
  return octets;
}
