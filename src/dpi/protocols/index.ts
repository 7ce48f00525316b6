import type { Protocol } from '../protocol.js';
import { dhcp } from './dhcp.js';
import { dns } from './dns.js';
import { http } from './http.js';
import { http2 } from './http2.js';
import { ntp } from './ntp.js';
import { quic } from './quic.js';
import { smtp } from './smtp.js';
import { ssh } from './ssh.js';
import { tls } from './tls.js';
import { websocket } from './websocket.js';

/**
 * All protocols, in the order in which they are asked when the ports say nothing: those with strong signatures and those
 * that are common first. A new protocol is one file and one line here.
 */
export const PROTOCOLS: readonly Protocol[] = [tls, http, http2, websocket, ssh, quic, dns, smtp, dhcp, ntp];
