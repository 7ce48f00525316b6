/** Programs of the classic packet filter (bpf(4); linux/filter.h): 8 octets an instruction, in the machine's byte order. */

export const BPF_INSTRUCTION_OCTETS = 8;

export interface Instruction {
  readonly code: number;
  /** Instructions to go over when the comparison holds, and when it does not. */
  readonly jumpTrue?: number;
  readonly jumpFalse?: number;
  readonly k?: number;
}

export const enum Op {
  LoadWord = 0x20,
  LoadHalf = 0x28,
  LoadOctet = 0x30,
  LoadWordAtX = 0x40,
  LoadHalfAtX = 0x48,
  LoadOctetAtX = 0x50,
  LoadX = 0x01,
  LoadXFrom = 0x61,
  LoadXHeader = 0xb1,
  Load = 0x60,
  Store = 0x02,
  StoreX = 0x03,
  XToAccumulator = 0x87,
  /** With X; the other operations are with k. */
  XorX = 0xac,
  Add = 0x04,
  Or = 0x44,
  Multiply = 0x24,
  ShiftRight = 0x74,
  JumpEqual = 0x15,
  Jump = 0x05,
  Return = 0x06,
  ReturnAccumulator = 0x16,
  AccumulatorToX = 0x07,
}

/** Offsets that Linux gives a meaning of their own: facts about the packet, and the network header. */
export const Ancillary = {
  protocol: 0xffff_f000,
  packetType: 0xffff_f004,
  interfaceIndex: 0xffff_f008,
  hardwareType: 0xffff_f01c,
  networkHeader: 0xfff0_0000,
} as const;

export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  const octets = new Uint8Array(instructions.length * BPF_INSTRUCTION_OCTETS);
  const view = new DataView(octets.buffer);
  instructions.forEach(({ code, jumpTrue = 0, jumpFalse = 0, k = 0 }, i) => {
    const at = i * BPF_INSTRUCTION_OCTETS;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jumpTrue);
    view.setUint8(at + 3, jumpFalse);
    view.setUint32(at + 4, k, true);
  });
  return octets;
}

export function decodeProgram(octets: Uint8Array): Required<Instruction>[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const instructions: Required<Instruction>[] = [];
  for (let at = 0; at < octets.length; at += BPF_INSTRUCTION_OCTETS) {
    instructions.push({
      code: view.getUint16(at, true),
      jumpTrue: view.getUint8(at + 2),
      jumpFalse: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    });
  }
  return instructions;
}

/** Takes every packet, `snapLength` octets of it. */
export function acceptAll(snapLength: number): Uint8Array {
  return encodeProgram([{ code: Op.Return, k: snapLength }]);
}
