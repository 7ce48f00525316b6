/** Why a packet is not metered: rows of the ledger. */
export const enum Ignored {
  None = 0,
  NotIp = 1,
  UnsupportedLinkType = 2,
  TruncatedLinkHeader = 3,
  TruncatedIpHeader = 4,
  BadIpHeader = 5,
  TruncatedExtensionHeader = 6,
  TooManyHeaders = 7,
  EncryptedLink = 8,
  Filtered = 9,
  Duplicate = 10,
}

/** Names of the reasons as the ledger prints them, by value; index 0 is never counted. */
export const IGNORED_NAMES = [
  'none',
  'notIp',
  'unsupportedLinkType',
  'truncatedLinkHeader',
  'truncatedIpHeader',
  'badIpHeader',
  'truncatedExtensionHeader',
  'tooManyHeaders',
  'encryptedLink',
  'filtered',
  'duplicate',
] as const;
