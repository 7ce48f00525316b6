import { Ignored } from '../ignored.js';
import { Layer } from '../layers.js';
import type { WalkState } from '../walk-state.js';

/** LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2: octet offsets. */
const SLL_DEVICE_TYPE = 2;
const SLL_PROTOCOL = 14;
const SLL_HEADER_OCTETS = 16;
const SLL2_PROTOCOL = 0;
const SLL2_DEVICE_TYPE = 8;
const SLL2_HEADER_OCTETS = 20;
/** Linux ARPHRD_ value of devices whose packets begin with a radiotap header, whatever the protocol field says. */
const DEVICE_RADIOTAP = 803;

/** Linux cooked capture, version 1: `tcpdump -i any` of older libpcap. */
export function linuxSll(w: WalkState): number {
  return cooked(w, SLL_DEVICE_TYPE, SLL_PROTOCOL, SLL_HEADER_OCTETS);
}

/** Linux cooked capture, version 2. */
export function linuxSll2(w: WalkState): number {
  return cooked(w, SLL2_DEVICE_TYPE, SLL2_PROTOCOL, SLL2_HEADER_OCTETS);
}

/** Protocol values below the EtherTypes are Linux's own: 4 announces LLC, the rest carries no IP. */
function cooked(w: WalkState, deviceType: number, protocol: number, headerOctets: number): number {
  if (w.room() < headerOctets) return -Ignored.TruncatedLinkHeader;
  const radiotap = w.u16(w.position + deviceType) === DEVICE_RADIOTAP;
  w.etherType = w.u16(w.position + protocol);
  w.position += headerOctets;
  return radiotap ? Layer.Radiotap : Layer.Ethertype;
}

const FAMILY_OCTETS = 4;
const PPP_ADDRESS_CONTROL = 0xff03;

/**
 * BSD loopback: a 4-octet address family, in the byte order of the capturing host (LINKTYPE_NULL) or of the network
 * (LINKTYPE_LOOP, and OpenBSD). Some systems write PPP framing in its place.
 */
export function nullLoopback(w: WalkState): number {
  if (w.room() < FAMILY_OCTETS) return -Ignored.TruncatedLinkHeader;
  if (w.u16(w.position) === PPP_ADDRESS_CONTROL) return Layer.Ppp;
  const family = addressFamily(w, w.position);
  w.position += FAMILY_OCTETS;
  return familyLayer(family);
}

const ENC_HEADER_OCTETS = 12;

/** OpenBSD's view of IPsec (LINKTYPE_ENC): address family, security parameter index and flags, 4 octets each; then the inner packet. */
export function enc(w: WalkState): number {
  if (w.room() < ENC_HEADER_OCTETS) return -Ignored.TruncatedLinkHeader;
  const family = addressFamily(w, w.position);
  w.position += ENC_HEADER_OCTETS;
  return familyLayer(family);
}

/** The address family at `p`, in either byte order: families are small numbers. */
function addressFamily(w: WalkState, p: number): number {
  const value = w.view.getInt32(p);
  return value & ~0xffff ? w.view.getInt32(p, true) : value;
}

/** The layer of an address family: AF_INET is 2 everywhere, AF_INET6 is 10 on Linux, 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin. */
function familyLayer(family: number): number {
  switch (family) {
    case 2:
      return Layer.Ipv4;
    case 10:
    case 24:
    case 28:
    case 30:
      return Layer.Ipv6;
    default:
      return -Ignored.NotIp;
  }
}
