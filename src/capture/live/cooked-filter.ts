import { Ancillary, decodeProgram, encodeProgram, Op } from './bpf.js';
import { SLL2_OCTETS } from './link-type.js';

/** Fields of a cooked header (LINKTYPE_LINUX_SLL2) that the kernel knows of a packet without one, by offset. */
const KNOWN_FIELDS: Readonly<Record<number, number>> = {
  0: Ancillary.protocol,
  4: Ancillary.interfaceIndex,
  8: Ancillary.hardwareType,
  10: Ancillary.packetType,
};

/**
 * A program made for packets with a cooked header as one for packets without it, which is how the kernel sees them: what is
 * loaded from behind the header moves forward, what is loaded from the header is asked of the kernel. Null when the program
 * reads what the kernel cannot tell (link addresses).
 */
export function withoutCookedHeader(program: Uint8Array): Uint8Array | null {
  const instructions = decodeProgram(program);
  for (const instruction of instructions) {
    const { k } = instruction;
    switch (instruction.code as Op) {
      case Op.LoadWord:
      case Op.LoadHalf:
      case Op.LoadOctet: {
        if (k >= Ancillary.networkHeader) break; // asked of the kernel already
        const moved = k >= SLL2_OCTETS ? k - SLL2_OCTETS : KNOWN_FIELDS[k];
        if (moved === undefined) return null;
        Object.assign(instruction, { k: moved });
        break;
      }
      case Op.LoadXHeader:
      case Op.LoadWordAtX:
      case Op.LoadHalfAtX:
      case Op.LoadOctetAtX:
        if (k >= Ancillary.networkHeader) break;
        if (k < SLL2_OCTETS) return null;
        Object.assign(instruction, { k: k - SLL2_OCTETS });
        break;
    }
  }
  return encodeProgram(instructions);
}
