import { u32 } from './octets.js';
import { Extract, type FlowView, Transport, Verdict } from './protocol.js';

/** ONC RPC messages (RFC 5531 §9), over TCP with record marks (§11), for the protocols that are told by their program. */
export const enum Rpc {
  /** Behind the transaction: type; of a call version of RPC, program, its version, procedure, credentials. */
  CallOctets = 40,
  ReplyOctets = 24,
  Version = 2,
  LastFragment = 0x8000_0000,
  LongestFragment = 0x20_0000,
  LastFlavor = 6,
  GssFlavor = 6,
  LongestCredentials = 400,
  /** Numbers assigned for programs of ONC (RFC 5531 §8.3), and those that users may take. */
  FirstProgram = 100_000,
  LastProgram = 100_999,
  /** A range of Sun's and others' programs. */
  FirstVendor = 150_000,
  LastVendor = 399_999,
}

export const NFS_PROGRAM = 100_003;
const NFS_PROGRAMS = Uint32Array.of(NFS_PROGRAM, 100_005, 100_021, 100_024, 100_227, 100_011);
const PORT_MAPPER = 100_000;
const GET_PORT = 3;
const MOST_MESSAGES = 64;
/** Answers that are waited for a call among. */
const ANSWERS = 3;

/** Whether a program belongs to NFS: NFS, mount, lock manager, status, ACL, quotas. */
export function isNfs(program: number): boolean {
  for (let n = 0; n < NFS_PROGRAMS.length; n++) if (NFS_PROGRAMS[n] === program) return true;
  return false;
}

/** Judges a message; a call must be of NFS or not as `nfs` says, and answers belong to who tells the call. */
export function recogniseRpc(octets: Uint8Array, from: number, to: number, flow: FlowView, nfs: boolean): Verdict {
  let at = from;
  const isStream = flow.transport === Transport.Tcp;
  if (isStream) {
    const mark = u32(octets, from);
    const length = mark - Rpc.LastFragment;
    if (length < Rpc.ReplyOctets || length > Rpc.LongestFragment) return Verdict.NoMatch;
    at += 4;
    if (to - at < Rpc.CallOctets && !flow.isLast) {
      if (to - at >= 8 && u32(octets, at + 4) > 1) return Verdict.NoMatch;
      if (to - at < Math.min(length, Rpc.CallOctets)) return Verdict.NeedMore;
    }
  }
  if (to - at < Rpc.ReplyOctets) return Verdict.NoMatch;
  const type = u32(octets, at + 4);
  if (type === 1) return nfs ? Verdict.NoMatch : recogniseReply(octets, at, to, flow);
  if (type !== 0 || to - at < Rpc.CallOctets || u32(octets, at + 8) !== Rpc.Version) return Verdict.NoMatch;
  const program = u32(octets, at + 12);
  const isKnown =
    (program >= Rpc.FirstProgram && program <= Rpc.LastProgram) ||
    (program >= Rpc.FirstVendor && program <= Rpc.LastVendor) ||
    (program >= 0x2000_0000 && program < 0x6000_0000);
  if (!isKnown || u32(octets, at + 16) > 99 || u32(octets, at + 20) > 999) return Verdict.NoMatch;
  const credentials = u32(octets, at + 28);
  if (u32(octets, at + 24) > Rpc.LastFlavor || credentials > Rpc.LongestCredentials) return Verdict.NoMatch;
  const asked = program === PORT_MAPPER ? programAsked(octets, at, to) : program;
  return isNfs(asked) === nfs ? Verdict.Match : Verdict.NoMatch;
}

/** The program whose port a call to the port mapper asks for (RFC 1833 §3), behind credentials and verifier; else 0. */
function programAsked(octets: Uint8Array, at: number, to: number): number {
  const verifier = at + 32 + u32(octets, at + 28);
  if (u32(octets, at + 20) !== GET_PORT || verifier + 12 > to) return 0;
  return u32(octets, verifier + 4) === 0 ? u32(octets, verifier + 8) : 0;
}

/** Accepted with a verifier and a status, or denied for its version or its credentials. */
function recogniseReply(octets: Uint8Array, at: number, to: number, flow: FlowView): Verdict {
  const state = u32(octets, at + 8);
  if (state > 1) return Verdict.NoMatch;
  if (state === 1) {
    if (u32(octets, at + 12) > 1) return Verdict.NoMatch;
  } else {
    const verifier = u32(octets, at + 16);
    if (u32(octets, at + 12) > Rpc.LastFlavor || verifier > Rpc.LongestCredentials || (verifier & 3) !== 0)
      return Verdict.NoMatch;
    const status = at + 20 + verifier;
    if (status + 4 <= to && u32(octets, status) > 5) return Verdict.NoMatch;
  }
  // A call tells more, and whose program it is.
  return flow.packets >= ANSWERS || flow.isLast ? Verdict.Likely : Verdict.NeedMore;
}

/** Writes program, version and procedure of the calls to the places given, the user's number and machine of AUTH_SYS. */
export function extractRpc(
  octets: Uint8Array,
  from: number,
  to: number,
  flow: FlowView,
  program: number,
  version: number,
  procedures: number,
  machine: number,
): number {
  if (flow.words[flow.memory] >= MOST_MESSAGES) return flow.out.stop();
  if (flow.transport === Transport.Udp) {
    flow.words[flow.memory]++;
    writeCall(octets, from, to, flow, program, version, procedures, machine);
    return 1;
  }
  if (to - from < 4) return flow.isLast ? Extract.EndDirection : Extract.More;
  const length = u32(octets, from) % Rpc.LastFragment;
  if (length > Rpc.LongestFragment) return Extract.EndDirection;
  if (to - from - 4 < Math.min(length, 256) && !flow.isLast) return Extract.More;
  flow.words[flow.memory]++;
  writeCall(octets, from + 4, Math.min(to, from + 4 + length), flow, program, version, procedures, machine);
  return 4 + length;
}

function writeCall(
  octets: Uint8Array,
  at: number,
  to: number,
  flow: FlowView,
  program: number,
  version: number,
  procedures: number,
  machine: number,
): void {
  const { out } = flow;
  if (to - at < Rpc.CallOctets || u32(octets, at + 4) !== 0 || u32(octets, at + 8) !== Rpc.Version) return;
  out.unsigned(program, u32(octets, at + 12));
  out.unsigned(version, u32(octets, at + 16));
  out.unsigned(procedures, u32(octets, at + 20));
  if (u32(octets, at + 24) !== 1) return;
  const length = u32(octets, at + 36);
  if (length > 0 && length < 256 && at + 40 + length <= to) out.text(machine, octets, at + 40, at + 40 + length);
}
