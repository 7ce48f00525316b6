/** Names that people know the commonest IP protocols by (IANA protocol numbers); others are shown as numbers. */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipip',
  6: 'tcp',
  17: 'udp',
  33: 'dccp',
  41: 'ipv6',
  46: 'rsvp',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmp6',
  88: 'eigrp',
  89: 'ospf',
  94: 'ipip',
  97: 'etherip',
  103: 'pim',
  108: 'ipcomp',
  112: 'vrrp',
  115: 'l2tp',
  132: 'sctp',
  136: 'udplite',
  137: 'mpls',
  139: 'hip',
};

const PROTOCOLS_WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** flowEndReason (IANA element 136). */
const END_REASONS: Readonly<Record<number, string>> = {
  1: 'idle',
  2: 'active',
  3: 'end',
  4: 'forced',
  5: 'resources',
};

/** YAF's mark on a record that continues one which the active timeout ended; SiLK's readers know it. */
const CONTINUATION_BIT = 0x80;

/** TCP flags in the order in which SiLK writes them, lowest bit first. */
const FLAG_LETTERS = 'FSRPAUEC';

export function protocolName(protocol: number): string {
  return PROTOCOL_NAMES[protocol] ?? String(protocol);
}

export function hasPorts(protocol: number): boolean {
  return PROTOCOLS_WITH_PORTS.has(protocol);
}

/** A word for a flowEndReason, with `+` when the record continues another; empty for -1. */
export function endReasonWord(reason: number): string {
  if (reason < 0) return '';
  const code = reason & ~CONTINUATION_BIT;
  return `${END_REASONS[code] ?? code}${(reason & CONTINUATION_BIT) !== 0 ? '+' : ''}`;
}

const LETTERS = Array.from({ length: 256 }, (_, flags) =>
  [...FLAG_LETTERS].filter((_letter, bit) => (flags & (1 << bit)) !== 0).join(''),
);
const PADDED_LETTERS = Array.from({ length: 256 }, (_, flags) =>
  [...FLAG_LETTERS].map((letter, bit) => ((flags & (1 << bit)) !== 0 ? letter : ' ')).join(''),
);

/** Letters of the flags that are set; empty for -1. */
export function flagLetters(flags: number): string {
  return flags < 0 ? '' : LETTERS[flags & 0xff];
}

/** Eight characters, a letter or a blank for each flag; blanks for -1. */
export function paddedFlagLetters(flags: number): string {
  return PADDED_LETTERS[flags < 0 ? 0 : flags & 0xff];
}
