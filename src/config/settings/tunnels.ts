import { DEFAULT_DECAP } from '../../decode/decode-settings.js';
import { TUNNELS, UDP_TUNNELS } from '../../decode/tunnel/tunnels.js';
import { BOTH, type Setting, setting } from '../setting.js';
import { names, ports } from '../value-types.js';

/** Tunnels over UDP, whose ports can be set. */
export const UDP_TUNNEL_NAMES: readonly string[] = Object.keys(UDP_TUNNELS);

const PORT_SETTINGS = Object.fromEntries(
  UDP_TUNNEL_NAMES.map((name) => [`tunnels.ports.${name}`, portsOf(name)]),
) as Readonly<Record<`tunnels.ports.${string}`, Setting<readonly number[]>>>;

const DECAP_SETTING = {
  'tunnels.decap': setting({
    type: names(Object.keys(TUNNELS)),
    option: 'decap',
    standard: DEFAULT_DECAP.join(','),
    help: `Tunnels to look into: all, none, or a list of ${Object.keys(TUNNELS).join(', ')}`,
    more: 'Packets of all others are metered as packets of the tunnel.',
    commands: BOTH,
    reloads: false,
  }),
};

/** Which tunnels are looked into, and how they are known. */
export const TUNNEL_SETTINGS: typeof DECAP_SETTING & typeof PORT_SETTINGS = { ...DECAP_SETTING, ...PORT_SETTINGS };

function portsOf(name: string): Setting<readonly number[]> {
  return {
    type: ports(),
    option: `port-${name}`,
    standard: UDP_TUNNELS[name].join(','),
    help: `UDP ports of ${name}`,
    more: 'Counts only while the tunnel is looked into.',
    commands: BOTH,
    reloads: false,
  };
}
