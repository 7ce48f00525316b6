import { Tcp } from '../decode/transport/ports.js';
import { State } from './flow-record.js';

/**
 * How a TCP connection ends. A reset ends it at once. Otherwise four events end it: a FIN of each side, and of each side
 * a packet with ACK once the peer's FIN has been seen. Sequence and acknowledgement numbers are not looked at, so that
 * loss in the capture does not keep a flow open.
 * @param flags TCP control bits in the low octet
 * @param reverse 1 for a packet of the responder
 * @returns the next state, or -1 when the connection is over
 */
export function nextTcpState(state: number, flags: number, reverse: number): number {
  if (flags & Tcp.Rst) return -1;
  const peerFin = reverse === 0 ? State.FinReverse : State.FinForward;
  if (!(flags & Tcp.Fin) && !(state & peerFin)) return state;
  if (flags & Tcp.Fin) state |= reverse === 0 ? State.FinForward : State.FinReverse;
  if (flags & Tcp.Ack && state & peerFin) state |= reverse === 0 ? State.FinReverseAcked : State.FinForwardAcked;
  return (state & State.TcpClosed) === State.TcpClosed ? -1 : state;
}
