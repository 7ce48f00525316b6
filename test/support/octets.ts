/** Octets put together for tests, in network byte order unless a name says otherwise. */

export type Octets = Uint8Array<ArrayBuffer>;

export function bytes(...values: number[]): Octets {
  return Uint8Array.from(values);
}

export function u16(...values: number[]): Octets {
  return Uint8Array.from(values.flatMap((value) => [(value >>> 8) & 0xff, value & 0xff]));
}

export function u32(...values: number[]): Octets {
  return Uint8Array.from(
    values.flatMap((value) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]),
  );
}

export function u16le(...values: number[]): Octets {
  return Uint8Array.from(values.flatMap((value) => [value & 0xff, (value >>> 8) & 0xff]));
}

export function u32le(...values: number[]): Octets {
  return Uint8Array.from(values.flatMap((value) => [...u32(value)].reverse()));
}

export function zeros(count: number): Octets {
  return new Uint8Array(count);
}

export function join(...parts: readonly Uint8Array[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Zeros up to a multiple of `unit` octets. */
export function padded(octets: Uint8Array, unit: number): Octets {
  return join(octets, zeros((unit - (octets.length % unit)) % unit));
}

/** The octets of an IPv4 address in dotted or an IPv6 address in colon notation, whose end may be dotted. */
export function address(text: string): Octets {
  if (!text.includes(':')) return Uint8Array.from(text.split('.').map(Number));
  const [front, back] = text.split('::').map(groups);
  if (back === undefined) return u16(...front);
  return u16(...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back);
}

function groups(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a, b, c, d] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/** The one way in which tests write an address: dotted, or eight groups of hexadecimal digits. */
export function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  return Array.from({ length: 8 }, (_, i) => ((octets[2 * i] << 8) | octets[2 * i + 1]).toString(16)).join(':');
}

export function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
