// The part of libpcap's interface that is used here, declared anew so that its headers are not needed; the library itself is
// looked for when it is first asked for. docs/decisions has the reasons. Layouts are those of every libpcap since 1.0.
#pragma once

#include <sys/time.h>

#include <cstdint>

namespace weir {

struct pcap_t;

struct PcapInstruction {
  uint16_t code;
  uint8_t jumpTrue;
  uint8_t jumpFalse;
  uint32_t k;
};

struct PcapProgram {
  unsigned int length;
  PcapInstruction* instructions;
};

struct PcapHeader {
  timeval time;
  uint32_t captured;
  uint32_t wire;
};

struct PcapStatistics {
  unsigned int received;
  unsigned int dropped;
  unsigned int droppedByInterface;
  // Some systems write more.
  unsigned int rest[8];
};

struct PcapDevice {
  PcapDevice* next;
  char* name;
  char* description;
  void* addresses;
  uint32_t flags;
};

constexpr int kPcapErrorBuffer = 256;
constexpr int kPcapNoSuchDevice = -5;
constexpr int kPcapPermission = -8;
constexpr int kPcapNotUp = -9;
constexpr int kPcapPromiscuousPermission = -11;
constexpr int kPcapNanoseconds = 1;
constexpr int kPcapAdapterClock = 3;  // PCAP_TSTAMP_ADAPTER
constexpr unsigned int kPcapNetmaskUnknown = 0xffffffff;

using PcapCallback = void (*)(unsigned char*, const PcapHeader*, const unsigned char*);

struct Libpcap {
  const char* (*lib_version)();
  pcap_t* (*create)(const char*, char*);
  int (*set_snaplen)(pcap_t*, int);
  int (*set_promisc)(pcap_t*, int);
  int (*set_timeout)(pcap_t*, int);
  int (*set_buffer_size)(pcap_t*, int);
  int (*activate)(pcap_t*);
  int (*setnonblock)(pcap_t*, int, char*);
  int (*get_selectable_fd)(pcap_t*);
  int (*dispatch)(pcap_t*, int, PcapCallback, unsigned char*);
  int (*stats)(pcap_t*, PcapStatistics*);
  int (*datalink)(pcap_t*);
  int (*set_datalink)(pcap_t*, int);
  int (*compile)(pcap_t*, PcapProgram*, const char*, int, unsigned int);
  int (*setfilter)(pcap_t*, PcapProgram*);
  void (*freecode)(PcapProgram*);
  char* (*geterr)(pcap_t*);
  const char* (*statustostr)(int);
  void (*close)(pcap_t*);
  pcap_t* (*open_dead)(int, int);
  int (*findalldevs)(PcapDevice**, char*);
  void (*freealldevs)(PcapDevice*);
  int (*set_tstamp_type)(pcap_t*, int);
  int (*set_tstamp_precision)(pcap_t*, int);
  unsigned int (*filter)(const PcapInstruction*, const unsigned char*, unsigned int, unsigned int);
  int (*validate)(const PcapInstruction*, int);
};

// The library's functions, or nullptr when there is none that has them all.
const Libpcap* libpcap();

}  // namespace weir
