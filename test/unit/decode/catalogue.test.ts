import { describe, expect, it } from 'vitest';

import { type Decoded, decodeFrame, type Ignored } from '../../support/decode.js';
import {
  catalogue,
  type CataloguedFrame,
  INNER,
  INNER_4,
  INNER_6,
  INNER_PAYLOAD_OCTETS,
} from '../../support/frame-catalogue.js';
import { address, addressText } from '../../support/octets.js';

const TCP_OCTETS = 20;

function metered(result: Decoded | Ignored): Decoded {
  expect(result).not.toHaveProperty('ignored');
  return result as Decoded;
}

function cut(frame: CataloguedFrame, captured: number): CataloguedFrame & { wire: number } {
  return { ...frame, octets: frame.octets.subarray(0, captured), wire: frame.octets.length };
}

/** Octets behind the inner IP packet: what the capturing system appended. */
function trailer(frame: CataloguedFrame): number {
  return frame.name.includes('FCS') ? 4 : 0;
}

/** Where the transport header of the packet within stands. */
function transportOf(frame: CataloguedFrame): number {
  return frame.octets.length - trailer(frame) - TCP_OCTETS - INNER_PAYLOAD_OCTETS;
}

describe.each(catalogue)('$name', (frame) => {
  const inner = frame.version === 4 ? INNER_4 : INNER_6;
  const whole = {
    src: addressText(address(inner.src)),
    dst: addressText(address(inner.dst)),
    sport: INNER.sport,
    dport: INNER.dport,
    protocol: 6,
    version: frame.version,
    vlans: frame.vlans,
    tagged: frame.vlans.length > 0,
    octets: frame.ipOctets + TCP_OCTETS + INNER_PAYLOAD_OCTETS,
    ttl: 61,
    tos: 0x28,
    tcpFlags: INNER.flags,
    sequencePresent: true,
    portsPresent: true,
    icmp: false,
    fragment: null,
    tunnels: frame.tunnels,
    labels: frame.labels,
    transportOffset: transportOf(frame),
    payload: INNER_PAYLOAD_OCTETS,
  };

  it('is metered by the packet within', () => {
    expect(decodeFrame(frame)).toMatchObject(whole);
  });

  it('is metered by the outermost packet when no tunnel is opened', () => {
    const { tunnels, vlans } = metered(decodeFrame(frame, { decap: [] }));
    expect(tunnels).toEqual([]);
    if (frame.tunnels.length === 0) expect(vlans).toEqual(frame.vlans);
  });

  it('is, cut anywhere, ignored or metered by what is there', () => {
    const transport = transportOf(frame);
    for (let captured = 0; captured < frame.octets.length; captured++) {
      const result = decodeFrame(cut(frame, captured));
      if (captured < transport) expectCutBefore(frame, captured, result);
      else expect(metered(result), `cut at ${captured}`).toMatchObject(withTransport(captured - transport));
    }
  });

  it('is decoded from its own octets alone', () => {
    for (let captured = 0; captured <= frame.octets.length; captured++) {
      const piece = cut(frame, captured);
      const reference = decodeFrame(piece, {}, 0);
      for (const filler of [0xff, 0x45, 0x08]) expect(decodeFrame(piece, {}, filler)).toEqual(reference);
    }
  });

  it('is decoded alike by the general walk', () => {
    for (let captured = 0; captured <= frame.octets.length; captured++) {
      const piece = cut(frame, captured);
      expect(decodeFrame(piece, { commonShape: false })).toEqual(decodeFrame(piece));
    }
  });

  /** Ports with their four octets, flags with octet 13; lengths always in full. */
  function withTransport(octets: number): object {
    const portsPresent = octets >= 4;
    return {
      ...whole,
      portsPresent,
      sport: portsPresent ? INNER.sport : 0,
      dport: portsPresent ? INNER.dport : 0,
      sequencePresent: octets >= 8,
      tcpFlags: octets >= 14 ? INNER.flags : null,
    };
  }

  function expectCutBefore(frame: CataloguedFrame, captured: number, result: Decoded | Ignored): void {
    const ip = transportOf(frame) - frame.ipOctets;
    const fixed = frame.version === 4 ? frame.ipOctets : 40;
    const where = `cut at ${captured}, IP at ${ip}`;
    if (frame.tunnels.length > 0) {
      // The packet within cannot be decoded, so this is a packet of the tunnel, or of the one around it.
      const outermost = decodeFrame(cut(frame, captured), { decap: [] });
      if ('ignored' in result) expect(result, where).toEqual(outermost);
      else expect(frame.tunnels.slice(0, -1), where).toEqual(expect.arrayContaining([...result.tunnels]));
      if (frame.tunnels.length === 1) expect(result, where).toEqual(outermost);
      return;
    }
    const reason =
      captured < ip ? 'truncatedLinkHeader' : captured < ip + fixed ? 'truncatedIpHeader' : 'truncatedExtensionHeader';
    // The first octet of the packet says what it is, where nothing else does.
    const reasons = captured === ip ? [reason, 'truncatedLinkHeader'] : [reason];
    expect(reasons, where).toContain((result as Ignored).ignored);
  }
});
