/** Offsets and numbers of an IPFIX Message (RFC 7011 §3.1, §3.3). */
export const IPFIX_VERSION = 10;
export const MESSAGE_HEADER_OCTETS = 16;
export const MAX_MESSAGE_OCTETS = 65_535;
export const MESSAGE_VERSION = 0;
export const MESSAGE_LENGTH = 2;
export const MESSAGE_EXPORT_TIME = 4;
export const MESSAGE_SEQUENCE = 8;
export const MESSAGE_DOMAIN = 12;

export const SET_HEADER_OCTETS = 4;
export const SET_ID = 0;
export const SET_LENGTH = 2;
export const TEMPLATE_SET_ID = 2;
export const OPTIONS_TEMPLATE_SET_ID = 3;

/** Top bit of a field specifier's element id: an enterprise number follows (RFC 7011 §3.2). */
export const ENTERPRISE_BIT = 0x8000;
