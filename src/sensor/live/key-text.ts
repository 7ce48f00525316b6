/** Names of protocols as people know them; others are shown by number. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmp6',
  89: 'ospf',
  132: 'sctp',
};

/** An address of a talker's key: four words, IP version. */
export function addressText([w0, w1, w2, w3, version]: readonly number[]): string {
  if (version !== 6) return [24, 16, 8, 0].map((shift) => (w0 >>> shift) & 0xff).join('.');
  const groups = [w0, w1, w2, w3].flatMap((word) => [(word >>> 16).toString(16), (word & 0xffff).toString(16)]);
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** A service of a talker's key: protocol, port. */
export function serviceText([protocol, port]: readonly number[]): string {
  const name = PROTOCOLS[protocol] ?? `protocol ${protocol}`;
  return port === 0 ? name : `${name}/${port}`;
}

/**
 * The application of a talker's key: number of its label, 0 for none.
 * @param nameOf name of a label
 */
export function applicationText([label]: readonly number[], nameOf: (label: number) => string | undefined): string {
  return label === 0 ? 'no label' : (nameOf(label) ?? `label ${label}`);
}
