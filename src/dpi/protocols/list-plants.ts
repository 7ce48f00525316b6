import type { Protocol } from '../protocol.js';
import { ansiC1222 } from './ansi_c1222.js';
import { beckhoffAds } from './beckhoffads.js';
import { can } from './can.js';
import { cnpIp } from './cnp-ip.js';
import { etherSBus } from './ether-s-bus.js';
import { ethernetGlobalData } from './ethernetglobaldata.js';
import { ethersio } from './ethersio.js';
import { fins } from './fins.js';
import { hartIp } from './hart-ip.js';
import { hislip } from './hislip.js';
import { iec62056 } from './iec62056.js';
import { ieeeC37118 } from './ieee-c37118.js';
import { mms } from './iso9506-1-mms.js';
import { ptpv2 } from './ptpv2.js';
import { rtps } from './rtps.js';
import { trdp } from './trdp.js';

/** Protocols of plants, vehicles, grids and meters, in the order in which they are asked. */
export const PLANTS: readonly Protocol[] = [
  fins,
  hislip,
  trdp,
  can,
  ethersio,
  iec62056,
  ansiC1222,
  ieeeC37118,
  hartIp,
  ethernetGlobalData,
  etherSBus,
  beckhoffAds,
  cnpIp,
  rtps,
  ptpv2,
  mms,
];
