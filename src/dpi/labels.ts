/**
 * Label numbers by protocol name, as data: the number that YAF's application labeller gives (silkAppLabel) where it has
 * one, else the registered service port, else a number from 61,000 on that weir gives. Names are those of the protocols and
 * of the labels that refine them.
 */
export const LABEL_NUMBERS: Readonly<Record<string, number>> = {
  dhcp: 67,
  dns: 53,
  http: 80,
  // An unregistered number: http2 shares its ports with http and tls.
  http2: 61_000,
  websocket: 61_001,
  ntp: 123,
  quic: 51443,
  smtp: 25,
  ssh: 22,
  tls: 443,
};
