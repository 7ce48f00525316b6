/**
 * Where things stand in a TPACKET_V3 ring (linux/if_packet.h): octet offsets and bits, by the names that the addon exports,
 * which are compared when it is loaded.
 */

/** `tpacket_block_desc`: from the block. */
export const enum Block {
  Packets = 12,
  First = 16,
}

/** `tpacket3_hdr` and the `sockaddr_ll` behind it: from the packet's header. */
export const enum Header {
  Next = 0,
  Seconds = 4,
  Nanoseconds = 8,
  Captured = 12,
  Wire = 16,
  Status = 20,
  /** Offset of the link header in the lower half, of the network header in the upper. */
  MacNet = 24,
  TagControl = 32,
  TagType = 36,
  Address = 48,
  /** Interface index. */
  AddressIndex = Header.Address + 4,
  /** Hardware type (ARPHRD_), packet type and length of the link address. */
  AddressTypes = Header.Address + 8,
}

export const enum Status {
  TagValid = 0x10,
  TagTypeValid = 0x40,
}

export const enum PacketType {
  Outgoing = 4,
}

/** ARPHRD_ values. */
export const enum Hardware {
  Ethernet = 1,
  Loopback = 772,
  Ieee80211 = 801,
  Ieee80211Prism = 802,
  Ieee80211Radiotap = 803,
}

const ADDRESS_INDEX = 4;
const ADDRESS_OCTETS = 20;
const BLOCK_STATUS = 8;

export const RING_LAYOUT: Readonly<Record<string, number>> = {
  blockStatus: BLOCK_STATUS,
  blockPackets: Block.Packets,
  blockFirst: Block.First,
  next: Header.Next,
  seconds: Header.Seconds,
  nanoseconds: Header.Nanoseconds,
  captured: Header.Captured,
  wire: Header.Wire,
  status: Header.Status,
  macNet: Header.MacNet,
  tagControl: Header.TagControl,
  tagType: Header.TagType,
  address: Header.Address,
  addressOctets: ADDRESS_OCTETS,
  addressIndex: ADDRESS_INDEX,
  tagValid: Status.TagValid,
  tagTypeValid: Status.TagTypeValid,
  outgoing: PacketType.Outgoing,
  loopback: Hardware.Loopback,
};
