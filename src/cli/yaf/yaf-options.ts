/**
 * The options of YAF 2.16 and what weir makes of each; docs/from-yaf.md is generated from here. What takes more than one
 * option to decide (input, output, tunnels, filter) stands in translate.ts.
 */

/**
 * `same`: weir does what YAF does. `near`: it does, with the difference that is told. `idle`: accepted, there is nothing to
 * do. `refused`: exit code 2, since records or their way would be other than asked for.
 */
export type Verdict = 'same' | 'near' | 'idle' | 'refused';

export interface YafOption {
  readonly name: string;
  readonly alias?: string;
  /** What follows it, for help; without it the option is a switch. */
  readonly value?: string;
  readonly verdict: Verdict;
  /** What it becomes and how that differs; of what is refused: why, and what to do. No full stop. */
  readonly note: string;
  /** Words of weir's command line that stand for it, as far as one option decides. */
  readonly words?: (value: string) => readonly string[];
  /** It says nothing of files: accepted there without an effect. */
  readonly onlyLive?: boolean;
}

export interface YafGroup {
  readonly title: string;
  readonly options: readonly YafOption[];
}

const OTHER_ENGINE = 'weir has its own inspection: --applabel';
const NO_FINGERPRINT = 'weir does not fingerprint operating systems';
const PCAP = 'weir writes no packets: use tcpdump beside it';

const INPUT: readonly YafOption[] = [
  { name: 'in', alias: 'i', value: 'SPEC', verdict: 'same', note: 'capture, `-`, or interface with --live' },
  {
    name: 'live',
    alias: 'P',
    value: 'TYPE',
    verdict: 'near',
    note: '`pcap` captures with `weir live`, by AF_PACKET where that is possible; other types are refused',
  },
  { name: 'caplist', verdict: 'same', note: '`--list`; files are found relative to the list too' },
  {
    name: 'noerror',
    verdict: 'near',
    note: 'weir always meters what comes before the damage, and goes on with the next file; exit code 1 tells all the same',
  },
  { name: 'filter', alias: 'F', value: 'BPF', verdict: 'same', note: '`--filter`' },
  { name: 'decompress', value: 'DIR', verdict: 'idle', note: 'captures are decompressed without a file' },
  {
    name: 'promisc-off',
    verdict: 'same',
    note: '`--no-promiscuous`',
    words: () => ['--no-promiscuous'],
    onlyLive: true,
  },
  {
    name: 'export-interface',
    verdict: 'near',
    note: '`--interface-in-key`: records have ingressInterface, and interfaces tell flows apart',
    words: () => ['--interface-in-key'],
  },
];

const OUTPUT: readonly YafOption[] = [
  {
    name: 'out',
    alias: 'o',
    value: 'SPEC',
    verdict: 'same',
    note: 'file, `-`, prefix of names with --rotate, or host with --ipfix; an IPFIX output with `profile=cert`',
  },
  { name: 'ipfix', value: 'PROTOCOL', verdict: 'near', note: '`tcp`, `udp`; `sctp` and `spread` are refused' },
  { name: 'ipfix-port', value: 'PORT', verdict: 'same', note: '4739, with --tls 4740' },
  { name: 'tls', verdict: 'near', note: 'over tcp; DTLS is refused' },
  { name: 'tls-ca', value: 'FILE', verdict: 'same', note: '`ca=`' },
  { name: 'tls-cert', value: 'FILE', verdict: 'same', note: '`cert=`' },
  { name: 'tls-key', value: 'FILE', verdict: 'near', note: '`key=`; a key with a password (YAF_TLS_PASS) is refused' },
  {
    name: 'rotate',
    alias: 'R',
    value: 'SEC',
    verdict: 'near',
    note: '`rotate=`, by wall clock and not by packet time, at multiples of the interval; a file has its name when it is complete',
  },
  { name: 'lock', alias: 'k', verdict: 'same', note: '`lock`' },
  { name: 'no-output', verdict: 'refused', note: 'name an output; `-o` of weir takes several, down to one' },
  {
    name: 'udp-temp-timeout',
    value: 'SEC',
    verdict: 'same',
    note: '`templates=` of a third of it, by wall clock',
  },
  { name: 'group', alias: 'g', value: 'NAMES', verdict: 'refused', note: 'Spread; use several outputs' },
  { name: 'groupby', value: 'FIELD', verdict: 'refused', note: 'Spread; use several outputs with `filter=`' },
];

const DECODER: readonly YafOption[] = [
  { name: 'no-frag', verdict: 'refused', note: 'weir meters every fragment, with the flow of its datagram' },
  { name: 'max-frags', value: 'N', verdict: 'idle', note: "weir's table of fragments always has a bound" },
  { name: 'ip4-only', verdict: 'same', note: 'a BPF filter, with --filter if that is given' },
  { name: 'ip6-only', verdict: 'same', note: 'a BPF filter, with --filter if that is given' },
  { name: 'gre-decode', verdict: 'near', note: '`--decap gre`; the key of GRE is part of the flow key' },
  { name: 'vxlan-decode', verdict: 'near', note: '`--decap vxlan`; the VNI is part of the flow key' },
  { name: 'vxlan-decode-ports', value: 'PORTS', verdict: 'same', note: '`--port-vxlan`' },
  { name: 'geneve-decode', verdict: 'near', note: '`--decap geneve`; the VNI is part of the flow key' },
  { name: 'geneve-decode-ports', value: 'PORTS', verdict: 'same', note: '`--port-geneve`' },
];

const FLOWS: readonly YafOption[] = [
  {
    name: 'idle-timeout',
    alias: 'I',
    value: 'SEC',
    verdict: 'same',
    note: '`--idle-timeout`, 300 unless it is given',
  },
  {
    name: 'active-timeout',
    alias: 'A',
    value: 'SEC',
    verdict: 'near',
    note: '`--active-timeout`, 1800 unless it is given; it also ends flows that get no more packets',
  },
  {
    name: 'max-flows',
    value: 'N',
    verdict: 'near',
    note: '`--max-flows`, a hard bound; 0 or none is 2,000,000',
    words: (value) => (value === '0' ? [] : ['--max-flows', value]),
  },
  { name: 'force-read-all', verdict: 'idle', note: 'weir meters packets of any order' },
  {
    name: 'no-vlan-in-key',
    verdict: 'same',
    note: '`--no-vlan-in-key`',
    words: () => ['--no-vlan-in-key'],
  },
];

const EXPORT: readonly YafOption[] = [
  {
    name: 'silk',
    verdict: 'near',
    note: "always so: TCP's elements stand in the main record; counters need no 32-bit cut, and nothing marks continuations",
  },
  { name: 'uniflow', verdict: 'same', note: '`--uniflow`', words: () => ['--uniflow'] },
  { name: 'udp-uniflow', value: 'PORT', verdict: 'refused', note: 'weir counts every packet in one record' },
  { name: 'mac', verdict: 'refused', note: '`profile=full` of a weir output has MAC addresses' },
  { name: 'force-ip6-export', verdict: 'refused', note: 'IPv4 addresses stand in elements for IPv4' },
  {
    name: 'observation-domain',
    value: 'ID',
    verdict: 'same',
    note: '`--observation-domain`',
    words: (value) => ['--observation-domain', value],
  },
  { name: 'flow-stats', verdict: 'refused', note: 'weir does not measure these' },
  { name: 'delta', verdict: 'same', note: '`counters=delta`' },
  { name: 'ingress', value: 'N', verdict: 'refused', note: '--export-interface tells the real interface' },
  { name: 'egress', value: 'N', verdict: 'refused', note: 'a packet that is captured has no egress interface' },
  { name: 'metadata-export', verdict: 'near', note: 'weir always describes elements that are not IANA’s (RFC 5610)' },
  {
    name: 'time-elements',
    value: 'LIST',
    verdict: 'near',
    note: '`--time`: 1 is ms, 2 us, 3 ns; one of them, ms unless it is given',
  },
];

const PAYLOAD_OPTIONS: readonly YafOption[] = [
  {
    name: 'max-payload',
    alias: 's',
    value: 'N',
    verdict: 'near',
    note: 'octets of each direction for --entropy and --export-payload, 2,048 at most; labels and metadata come from as much as they need',
  },
  { name: 'udp-payload', verdict: 'idle', note: 'weir always goes on behind the first datagram' },
  {
    name: 'export-payload',
    verdict: 'near',
    note: '`--export-payload`, as many octets as --max-payload and --max-export say',
  },
  {
    name: 'payload-applabel-select',
    value: 'LABELS',
    verdict: 'refused',
    note: 'payload is exported of all flows or of none; `filter=` of an output chooses flows',
  },
  { name: 'max-export', value: 'N', verdict: 'near', note: 'see --export-payload' },
  {
    name: 'applabel',
    verdict: 'near',
    note: '`--dpi=labels`; silkAppLabel has YAF’s numbers where YAF knows the protocol, and others for what it does not know',
  },
  {
    name: 'applabel-rules',
    value: 'FILE',
    verdict: 'refused',
    note: 'weir recognises protocols by its own programs: `weir labels` lists them',
  },
  { name: 'entropy', verdict: 'near', note: '`--entropy`, over as many octets as --max-payload says' },
  { name: 'ndpi', verdict: 'refused', note: OTHER_ENGINE },
  { name: 'ndpi-protocol-file', value: 'FILE', verdict: 'refused', note: OTHER_ENGINE },
  { name: 'p0fprint', verdict: 'refused', note: NO_FINGERPRINT },
  { name: 'p0f-fingerprints', value: 'DIR', verdict: 'refused', note: NO_FINGERPRINT },
  { name: 'fpexport', verdict: 'refused', note: NO_FINGERPRINT },
  {
    name: 'plugin-name',
    value: 'NAMES',
    verdict: 'near',
    note: '`--dpi`: dpacketplugin is metadata of all protocols, dhcp_fp_plugin of DHCP, in YAF’s Templates; other plugins are refused',
  },
  {
    name: 'plugin-opts',
    value: 'OPTIONS',
    verdict: 'near',
    note: 'numbers of labels: metadata of these protocols alone, `--dpi=dns,http`',
  },
  { name: 'plugin-conf', value: 'FILES', verdict: 'refused', note: 'what is taken is not configured by expressions' },
];

const STATISTICS: readonly YafOption[] = [
  {
    name: 'stats',
    value: 'SEC',
    verdict: 'near',
    note: '`--stats-interval`; of files statistics are told at the end, and 0 leaves them as they are',
    words: (value) => (value === '0' ? [] : ['--stats-interval', value]),
    onlyLive: true,
  },
  { name: 'no-stats', verdict: 'near', note: 'statistics are exported at the end all the same' },
  { name: 'no-tombstone', verdict: 'idle', note: 'weir writes no tombstone records' },
  { name: 'tombstone-configured-id', value: 'N', verdict: 'idle', note: 'weir writes no tombstone records' },
];

const PCAP_OPTIONS: readonly YafOption[] = [
  { name: 'pcap', alias: 'p', value: 'PREFIX', verdict: 'refused', note: PCAP },
  { name: 'pcap-per-flow', verdict: 'refused', note: PCAP },
  { name: 'max-pcap', value: 'MB', verdict: 'refused', note: PCAP },
  { name: 'pcap-timer', value: 'SEC', verdict: 'refused', note: PCAP },
  { name: 'pcap-meta-file', value: 'PATH', verdict: 'refused', note: PCAP },
  { name: 'index-pcap', verdict: 'refused', note: PCAP },
  { name: 'hash', value: 'N', verdict: 'refused', note: PCAP },
  { name: 'stime', value: 'MS', verdict: 'refused', note: PCAP },
];

/** The least of weir's levels for a level of YAF's. */
const LEVELS: Readonly<Record<string, string>> = {
  quiet: 'error',
  error: 'error',
  critical: 'error',
  warning: 'warn',
  message: 'info',
  info: 'info',
  debug: 'debug',
};

const PROCESS: readonly YafOption[] = [
  {
    name: 'config',
    alias: 'c',
    value: 'FILE',
    verdict: 'refused',
    note: 'a Lua program; `weir live -c FILE` takes YAML, see docs/configuration.md',
  },
  {
    name: 'become-user',
    alias: 'U',
    value: 'USER',
    verdict: 'same',
    note: '`--user`',
    words: (value) => ['--user', value],
    onlyLive: true,
  },
  { name: 'become-group', value: 'GROUP', verdict: 'idle', note: "the user's own group is taken" },
  { name: 'daemonize', alias: 'd', verdict: 'refused', note: 'run it as a service: config/systemd/weir.service' },
  { name: 'pidfile', value: 'FILE', verdict: 'idle', note: 'YAF writes it with --daemonize only' },
  {
    name: 'log',
    alias: 'l',
    value: 'SPEC',
    verdict: 'near',
    note: '`stderr`; files and syslog are refused: the service manager keeps what stands on standard error',
  },
  {
    name: 'loglevel',
    alias: 'L',
    value: 'LEVEL',
    verdict: 'near',
    note: '`--log-level`: error, warn, info or debug, whichever is nearest',
    words: (value) => ['--log-level', LEVELS[value] ?? value],
    onlyLive: true,
  },
  { name: 'verbose', alias: 'v', verdict: 'near', note: 'the ledger is told at the end' },
];

export const YAF_GROUPS: readonly YafGroup[] = [
  { title: 'Input', options: INPUT },
  { title: 'Output', options: OUTPUT },
  { title: 'Decoder', options: DECODER },
  { title: 'Flows', options: FLOWS },
  { title: 'Export', options: EXPORT },
  { title: 'Payload', options: PAYLOAD_OPTIONS },
  { title: 'Statistics', options: STATISTICS },
  { title: 'Packets', options: PCAP_OPTIONS },
  { title: 'Process', options: PROCESS },
];

export const YAF_OPTIONS: readonly YafOption[] = YAF_GROUPS.flatMap(({ options }) => options);
