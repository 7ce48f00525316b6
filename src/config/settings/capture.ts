import { BOTH, LIVE, setting } from '../setting.js';
import { choice, duration, list, octets, onOff, size, text } from '../value-types.js';

export const CAPTURE_METHODS = ['auto', 'afpacket', 'libpcap', 'cap', 'pcap', 'pipe'] as const;

const TIMESTAMPS = ['system', 'hardware'] as const;

/** How packets come from interfaces. */
export const CAPTURE = {
  'capture.interfaces': setting({
    type: list('name of an interface'),
    option: 'interface',
    alias: 'i',
    standard: null,
    help: 'Interface to capture from; repeat it for several',
    commands: LIVE,
    reloads: false,
  }),
  'capture.method': setting({
    type: choice(CAPTURE_METHODS),
    option: 'capture',
    standard: 'auto',
    help: 'How to capture',
    more: '`auto` is `afpacket` on Linux, else `libpcap`; `pipe` for the interface `-`. `pipe` reads a pcap or pcapng stream from a named pipe or standard input.',
    commands: LIVE,
    reloads: false,
  }),
  'capture.filter': setting({
    type: text('BPF expression'),
    option: 'filter',
    alias: 'f',
    standard: null,
    help: "Only packets that match this expression, as tcpdump takes it: 'tcp port 443'",
    commands: BOTH,
    reloads: true,
  }),
  'capture.snapLength': setting({
    type: octets(64, 262_144),
    option: 'snap-length',
    standard: '2048',
    help: 'Octets to capture of a packet at most',
    more: 'Counters never depend on it.',
    commands: LIVE,
    reloads: false,
  }),
  'capture.bufferSize': setting({
    type: size('1MiB', '2047MiB'),
    option: 'buffer-size',
    standard: '64MiB',
    help: 'Memory for packets that wait to be metered, for each interface and worker',
    commands: LIVE,
    reloads: false,
  }),
  'capture.promiscuous': setting({
    type: onOff(),
    option: 'promiscuous',
    standard: 'true',
    help: 'Take packets for other hosts too',
    commands: LIVE,
    reloads: false,
  }),
  'capture.timestamps': setting({
    type: choice(TIMESTAMPS),
    option: 'timestamps',
    standard: 'system',
    help: "Whose clock stamps packets: the system's, or the interface's own where it has one",
    more: '`hardware` takes `CAP_NET_ADMIN` unless the driver stamps all packets already; where there is no such clock that of the system does it, and a warning says so.',
    commands: LIVE,
    reloads: false,
  }),
  'capture.dedup': setting({
    type: duration('0s', '10s'),
    option: 'dedup',
    standard: '0s',
    help: 'Count a packet once that is seen twice within this time, as SPAN ports deliver it; 0 takes all',
    commands: BOTH,
    reloads: true,
  }),
};
