/** Cyclic redundancy checks of 16 bits, polynomial x^16 + x^12 + x^5 + 1, bit by bit: for frames of some hundred octets. */

/** Most significant bit first (CRC-CCITT). */
export function crcCcitt(octets: Uint8Array, from: number, to: number, initial: number): number {
  let crc = initial;
  for (let p = from; p < to; p++) {
    crc ^= octets[p] << 8;
    for (let n = 0; n < 8; n++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

/** Least significant bit first, inverted (the frame check sequence of HDLC, ISO/IEC 13239; RFC 1662 §C.2). */
export function crcHdlc(octets: Uint8Array, from: number, to: number): number {
  let crc = 0xffff;
  for (let p = from; p < to; p++) {
    crc ^= octets[p];
    for (let n = 0; n < 8; n++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  }
  return crc ^ 0xffff;
}
