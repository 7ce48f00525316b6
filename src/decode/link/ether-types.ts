/** EtherTypes (IANA "IEEE 802 Numbers") that the walk knows. */
export const enum EtherType {
  /** Smaller values of the type field are the length of an IEEE 802.3 frame (IEEE 802.3 clause 3.2.6). */
  Smallest = 0x0600,
  Ipv4 = 0x0800,
  Arp = 0x0806,
  Trill = 0x22f3,
  TransparentEthernet = 0x6558,
  Vlan = 0x8100,
  Ipv6 = 0x86dd,
  Ppp = 0x880b,
  Wccp = 0x883e,
  Mpls = 0x8847,
  MplsMulticast = 0x8848,
  PppoeSession = 0x8864,
  /** IEEE 802.3 frames longer than a length field can say: LLC follows. */
  JumboLlc = 0x8870,
  ProviderVlan = 0x88a8,
  BackboneService = 0x88e7,
  FabricPath = 0x8903,
  CiscoMetadata = 0x8909,
  VnTag = 0x8926,
  Hsr = 0x892f,
  ETag = 0x893f,
  ServiceHeader = 0x894f,
  Vlan9100 = 0x9100,
  Vlan9200 = 0x9200,
}
