/**
 * The tunnels weir can look into. A kind is a small number: it takes part in the flow key, is a bit in the set of tunnels
 * to decapsulate, and indexes the names that records show.
 */
export const enum Tunnel {
  Ipip = 1,
  X6in4 = 2,
  X4in6 = 3,
  Gre = 4,
  Nvgre = 5,
  Erspan = 6,
  Vxlan = 7,
  Geneve = 8,
  Gtpu = 9,
  L2tp = 10,
  Teredo = 11,
  Tzsp = 12,
  Mpls = 13,
  Ip6ip6 = 14,
}

export type TunnelKind = number;

/** Tunnel kind by the name that the configuration uses. */
export const TUNNELS: Readonly<Record<string, TunnelKind>> = {
  ipip: Tunnel.Ipip,
  '6in4': Tunnel.X6in4,
  '4in6': Tunnel.X4in6,
  '6in6': Tunnel.Ip6ip6,
  gre: Tunnel.Gre,
  nvgre: Tunnel.Nvgre,
  erspan: Tunnel.Erspan,
  vxlan: Tunnel.Vxlan,
  geneve: Tunnel.Geneve,
  gtp: Tunnel.Gtpu,
  l2tp: Tunnel.L2tp,
  teredo: Tunnel.Teredo,
  tzsp: Tunnel.Tzsp,
  mpls: Tunnel.Mpls,
};

/** Registered UDP ports of the tunnels over UDP (IANA service names; 8472 is what Linux used before 4789 was assigned). */
export const UDP_TUNNELS: Readonly<Record<string, readonly number[]>> = {
  vxlan: [4789, 4790, 8472],
  geneve: [6081],
  gtp: [2152],
  l2tp: [1701],
  teredo: [3544],
  tzsp: [37008],
  mpls: [6635],
};

/** Name of a tunnel kind. */
export const TUNNEL_NAMES: readonly string[] = Object.entries(TUNNELS).reduce<string[]>((names, [name, kind]) => {
  names[kind] = name;
  return names;
}, []);
