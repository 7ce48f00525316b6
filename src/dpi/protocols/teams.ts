import { type Protocol, Transport, Verdict } from '../protocol.js';

export const teams: Protocol = {
  name: 'teams',
  title: 'Calls of Microsoft Teams and Skype for Business',
  evidence: 'STUN with the attributes of [MS-ICE2] and [MS-TURN]',
  transports: Transport.Both,
  ports: [],
  first: [],
  // Begins as STUN, which refines to it.
  recognise: () => Verdict.NoMatch,
};
