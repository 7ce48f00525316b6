// Packet sockets with a TPACKET_V3 ring (packet(7); Documentation/networking/packet_mmap.rst of Linux). addon.h has the rules.
#include "addon.h"

#ifdef __linux__

#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/ethernet.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

namespace weir {
namespace {

enum Flags : uint32_t {
  kPromiscuous = 1,
  kCooked = 2,
  kIgnoreOutgoing = 4,
  kHardwareTimestamps = 8,
  kCopy = 16,
};

// Octets left free before each packet, so that a VLAN tag can be put back in place.
constexpr int kReserve = 8;

struct Ring final : Resource {
  Ring() : Resource(Kind::Ring) {}
  ~Ring() override {
    if (map != nullptr) munmap(map, octets());
    if (fd >= 0) ::close(fd);
  }
  bool release(napi_env env) override {
    if (buffer == nullptr) return true;
    napi_value value = nullptr;
    napi_get_reference_value(env, buffer, &value);
    const bool detached = value != nullptr && napi_detach_arraybuffer(env, value) == napi_ok;
    napi_delete_reference(env, buffer);
    buffer = nullptr;
    // Views that are still alive would point into nothing.
    if (!detached) map = nullptr;
    return detached;
  }
  size_t octets() const { return static_cast<size_t>(blockOctets) * blockCount; }
  tpacket_block_desc* block(uint32_t i) const {
    return reinterpret_cast<tpacket_block_desc*>(map + static_cast<size_t>(i) * blockOctets);
  }

  int fd = -1;
  uint8_t* map = nullptr;
  uint32_t blockOctets = 0;
  uint32_t blockCount = 0;
  napi_ref buffer = nullptr;
};

struct Program {
  sock_fprog program{};
  bool read(Arguments& arguments, size_t i) {
    size_t octets = 0;
    auto* data = arguments.array<uint8_t>(i, napi_uint8_array, &octets);
    if (arguments.failed) return false;
    if (octets == 0 || octets % sizeof(sock_filter) != 0 || octets / sizeof(sock_filter) > BPF_MAXINSNS) {
      arguments.fail(i, "a compiled filter");
      return false;
    }
    program.len = static_cast<unsigned short>(octets / sizeof(sock_filter));
    program.filter = reinterpret_cast<sock_filter*>(data);
    return true;
  }
};

template <typename T>
bool option(int fd, int level, int name, const T& value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

constexpr const char* kNoTimestamps = "hardware time stamps";

// Has the driver stamp all packets: asks it to, unless it does already, which takes no right to find out.
bool stampsAll(int fd, int index) {
  hwtstamp_config config{};
  ifreq request{};
  if (if_indextoname(static_cast<unsigned>(index), request.ifr_name) == nullptr) return false;
  request.ifr_data = reinterpret_cast<char*>(&config);
  if (ioctl(fd, SIOCGHWTSTAMP, &request) == 0 && config.rx_filter == HWTSTAMP_FILTER_ALL) return true;
  config = {};
  config.rx_filter = HWTSTAMP_FILTER_ALL;
  return ioctl(fd, SIOCSHWTSTAMP, &request) == 0;
}

// Asks for stamps of the driver on all packets. The name of the step that failed, or nullptr.
const char* useHardwareTimestamps(int fd, int index) {
  const int raw = SOF_TIMESTAMPING_RAW_HARDWARE;
  return stampsAll(fd, index) && option(fd, SOL_PACKET, PACKET_TIMESTAMP, raw) ? nullptr : kNoTimestamps;
}

// Does all that makes a ring out of a socket, in the order that lets no packet in that is not wanted. The step that failed,
// with errno set, or nullptr.
const char* build(Ring& ring, int index, int timeoutMs, uint32_t flags, const Program& filter, int fanout,
                  const Program& spread) {
  ring.fd = socket(AF_PACKET, ((flags & kCooked) ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC, 0);
  if (ring.fd < 0) return "packet socket";
  const int fd = ring.fd;
  if (!option(fd, SOL_PACKET, PACKET_VERSION, static_cast<int>(TPACKET_V3))) return "PACKET_VERSION";
  if (!option(fd, SOL_PACKET, PACKET_RESERVE, kReserve)) return "PACKET_RESERVE";
  if ((flags & kIgnoreOutgoing) && !option(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)) return "PACKET_IGNORE_OUTGOING";
  if (flags & kHardwareTimestamps) {
    if (const char* step = useHardwareTimestamps(fd, index)) return step;
  }
  // A socket is bound before it can join its group, and until it has it would get what belongs to the others.
  sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
  const sock_fprog closed{1, nothing};
  if (!option(fd, SOL_SOCKET, SO_ATTACH_FILTER, fanout >= 0 ? closed : filter.program)) return "SO_ATTACH_FILTER";

  tpacket_req3 request{};
  request.tp_block_size = ring.blockOctets;
  request.tp_block_nr = ring.blockCount;
  request.tp_frame_size = static_cast<unsigned>(getpagesize());
  request.tp_frame_nr = static_cast<unsigned>(ring.octets() / request.tp_frame_size);
  request.tp_retire_blk_tov = static_cast<unsigned>(timeoutMs);
  if (!option(fd, SOL_PACKET, PACKET_RX_RING, request)) return "PACKET_RX_RING";
  void* map = mmap(nullptr, ring.octets(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (map == MAP_FAILED) return "mmap";
  ring.map = static_cast<uint8_t*>(map);

  if (flags & kPromiscuous) {
    packet_mreq membership{};
    membership.mr_ifindex = index;
    membership.mr_type = PACKET_MR_PROMISC;
    if (!option(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)) return "promiscuous mode";
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return "bind";
  if (fanout >= 0) {
    if (!option(fd, SOL_PACKET, PACKET_FANOUT, fanout | (PACKET_FANOUT_CBPF << 16))) return "PACKET_FANOUT";
    if (!option(fd, SOL_PACKET, PACKET_FANOUT_DATA, spread.program)) return "PACKET_FANOUT_DATA";
    if (!option(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter.program)) return "SO_ATTACH_FILTER";
  }
  return nullptr;
}

// ringOpen(interfaceIndex, blockOctets, blockCount, blockTimeoutMs, flags, filter, fanoutGroup or -1, fanoutProgram)
//   → { handle, memory }: memory is the ring, or null where it cannot be shown in place (see ringCopy).
napi_value ringOpen(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const int index = arguments.integer(0);
  const double blockOctets = arguments.number(1);
  const double blockCount = arguments.number(2);
  const int timeoutMs = arguments.integer(3);
  const auto flags = static_cast<uint32_t>(arguments.number(4));
  Program filter;
  Program spread;
  filter.read(arguments, 5);
  const int fanout = arguments.integer(6);
  if (fanout >= 0) spread.read(arguments, 7);
  if (blockOctets < 4096 || blockOctets > (1 << 30)) arguments.fail(1, "4,096 to 2^30 octets");
  if (blockCount < 1 || blockCount * blockOctets > 0x7fffffff) arguments.fail(2, "blocks of less than 2^31 octets");
  if (arguments.failed) return nullptr;

  auto* ring = new Ring();
  ring->blockOctets = static_cast<uint32_t>(blockOctets);
  ring->blockCount = static_cast<uint32_t>(blockCount);
  if (const char* step = build(*ring, index, timeoutMs, flags, filter, fanout, spread)) {
    const int error = errno;
    delete ring;
    if (step == kNoTimestamps) return throwError(env, "TIMESTAMPS", std::strerror(error));
    return throwSystem(env, step, error);
  }
  napi_value memory = nullptr;
  napi_get_null(env, &memory);
  if (!(flags & kCopy)) {
    napi_value buffer = nullptr;
    const auto keep = [](napi_env, void*, void*) {};  // close() unmaps
    const napi_status status = napi_create_external_arraybuffer(env, ring->map, ring->octets(), keep, nullptr, &buffer);
    if (status == napi_ok && napi_create_reference(env, buffer, 1, &ring->buffer) == napi_ok) memory = buffer;
    else if (status != napi_no_external_buffers_allowed) {
      delete ring;
      return throwError(env, "ESYSTEM", "the ring cannot be shown to JavaScript");
    }
  }
  const double handle = enter(env, ring);
  if (handle == 0) return nullptr;
  napi_value result;
  napi_create_object(env, &result);
  setNumber(env, result, "handle", handle);
  napi_set_named_property(env, result, "memory", memory);
  return result;
}

Ring* ringOf(Arguments& arguments) { return static_cast<Ring*>(arguments.resource(0, Kind::Ring)); }

bool blockOf(Arguments& arguments, const Ring* ring, uint32_t* block) {
  const double number = arguments.number(1);
  if (arguments.failed) return false;
  if (number < 0 || number >= ring->blockCount) {
    arguments.fail(1, "the number of a block");
    return false;
  }
  *block = static_cast<uint32_t>(number);
  return true;
}

bool isReady(const Ring* ring, uint32_t block) {
  return __atomic_load_n(&ring->block(block)->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER;
}

// ringWait(handle, block, timeoutMs) → 1: the block is the caller's; 0: not yet; below 0: minus the socket's error.
napi_value ringWait(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Ring* ring = ringOf(arguments);
  uint32_t block = 0;
  if (ring == nullptr || !blockOf(arguments, ring, &block)) return nullptr;
  const int timeoutMs = arguments.integer(2);
  if (arguments.failed) return nullptr;
  if (isReady(ring, block)) return toNumber(env, 1);
  pollfd poller{ring->fd, POLLIN | POLLERR, 0};
  const int ready = poll(&poller, 1, timeoutMs < 0 ? 0 : timeoutMs);
  if (isReady(ring, block)) return toNumber(env, 1);
  int error = 0;
  socklen_t size = sizeof error;
  if (ready > 0 && (poller.revents & (POLLERR | POLLNVAL | POLLHUP))) {
    getsockopt(ring->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  }
  return toNumber(env, -error);
}

// ringRelease(handle, block): gives the block back to the kernel.
napi_value ringRelease(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Ring* ring = ringOf(arguments);
  uint32_t block = 0;
  if (ring == nullptr || !blockOf(arguments, ring, &block)) return nullptr;
  if (isReady(ring, block)) {
    __atomic_store_n(&ring->block(block)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  }
  return nullptr;
}

// ringCopy(handle, block, target): copies a block that is the caller's, for where a ring cannot be shown in place.
napi_value ringCopy(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Ring* ring = ringOf(arguments);
  uint32_t block = 0;
  if (ring == nullptr || !blockOf(arguments, ring, &block)) return nullptr;
  size_t length = 0;
  auto* target = arguments.array<uint8_t>(2, napi_uint8_array, &length);
  if (!arguments.failed && length < ring->blockOctets) arguments.fail(2, "room for a block");
  if (arguments.failed) return nullptr;
  std::memcpy(target, ring->block(block), ring->blockOctets);
  return nullptr;
}

// ringFilter(handle, filter): the kernel takes the new filter in place of the former one from the next packet on.
napi_value ringFilter(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Ring* ring = ringOf(arguments);
  Program filter;
  if (ring == nullptr || !filter.read(arguments, 1)) return nullptr;
  if (!option(ring->fd, SOL_SOCKET, SO_ATTACH_FILTER, filter.program)) {
    return throwSystem(env, "SO_ATTACH_FILTER", errno);
  }
  return nullptr;
}

// ringStatistics(handle, Float64Array): adds packets (lost ones too), lost packets and freezes since the last call.
napi_value ringStatistics(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Ring* ring = ringOf(arguments);
  size_t length = 0;
  auto* counts = arguments.array<double>(1, napi_float64_array, &length);
  if (!arguments.failed && length < 3) arguments.fail(1, "room for three counts");
  if (arguments.failed) return nullptr;
  tpacket_stats_v3 statistics{};
  socklen_t size = sizeof statistics;
  if (getsockopt(ring->fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0) {
    return throwSystem(env, "PACKET_STATISTICS", errno);
  }
  counts[0] += statistics.tp_packets;
  counts[1] += statistics.tp_drops;
  counts[2] += statistics.tp_freeze_q_cnt;
  return nullptr;
}

// interfaceStatus(name, Int32Array): index, flags (IFF_) and hardware type (ARPHRD_) → 0, or minus the error.
napi_value interfaceStatus(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const std::string name = arguments.text(0);
  size_t length = 0;
  auto* out = arguments.array<int32_t>(1, napi_int32_array, &length);
  if (!arguments.failed && length < 3) arguments.fail(1, "room for three numbers");
  if (arguments.failed) return nullptr;
  ifreq request{};
  if (name.empty() || name.size() >= sizeof request.ifr_name) return toNumber(env, -ENODEV);
  std::memcpy(request.ifr_name, name.c_str(), name.size());
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return toNumber(env, -errno);
  int error = ioctl(fd, SIOCGIFINDEX, &request) == 0 ? 0 : errno;
  out[0] = request.ifr_ifindex;
  if (error == 0 && ioctl(fd, SIOCGIFFLAGS, &request) != 0) error = errno;
  out[1] = static_cast<uint16_t>(request.ifr_flags);
  if (error == 0 && ioctl(fd, SIOCGIFHWADDR, &request) != 0) error = errno;
  out[2] = request.ifr_hwaddr.sa_family;
  ::close(fd);
  return toNumber(env, -error);
}

// interfaceName(index) → its name, or null.
napi_value interfaceName(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const double index = arguments.number(0);
  if (arguments.failed) return nullptr;
  char name[IF_NAMESIZE] = "";
  napi_value result = nullptr;
  if (index < 1 || index > INT32_MAX || if_indextoname(static_cast<unsigned>(index), name) == nullptr) {
    napi_get_null(env, &result);
  } else {
    napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &result);
  }
  return result;
}

}  // namespace

void defineRing(napi_env env, napi_value exports) {
  setFunction(env, exports, "ringOpen", ringOpen);
  setFunction(env, exports, "ringWait", ringWait);
  setFunction(env, exports, "ringRelease", ringRelease);
  setFunction(env, exports, "ringCopy", ringCopy);
  setFunction(env, exports, "ringStatistics", ringStatistics);
  setFunction(env, exports, "ringFilter", ringFilter);
  setFunction(env, exports, "interfaceStatus", interfaceStatus);
  setFunction(env, exports, "interfaceName", interfaceName);

  // What ring-layout.ts says of the same.
  napi_value layout;
  napi_create_object(env, &layout);
  const size_t bh1 = offsetof(tpacket_block_desc, hdr);
  setNumber(env, layout, "blockStatus", bh1 + offsetof(tpacket_hdr_v1, block_status));
  setNumber(env, layout, "blockPackets", bh1 + offsetof(tpacket_hdr_v1, num_pkts));
  setNumber(env, layout, "blockFirst", bh1 + offsetof(tpacket_hdr_v1, offset_to_first_pkt));
  setNumber(env, layout, "next", offsetof(tpacket3_hdr, tp_next_offset));
  setNumber(env, layout, "seconds", offsetof(tpacket3_hdr, tp_sec));
  setNumber(env, layout, "nanoseconds", offsetof(tpacket3_hdr, tp_nsec));
  setNumber(env, layout, "captured", offsetof(tpacket3_hdr, tp_snaplen));
  setNumber(env, layout, "wire", offsetof(tpacket3_hdr, tp_len));
  setNumber(env, layout, "status", offsetof(tpacket3_hdr, tp_status));
  setNumber(env, layout, "macNet", offsetof(tpacket3_hdr, tp_mac));
  setNumber(env, layout, "tagControl", offsetof(tpacket3_hdr, hv1) + offsetof(tpacket_hdr_variant1, tp_vlan_tci));
  setNumber(env, layout, "tagType", offsetof(tpacket3_hdr, hv1) + offsetof(tpacket_hdr_variant1, tp_vlan_tpid));
  setNumber(env, layout, "address", TPACKET_ALIGN(sizeof(tpacket3_hdr)));
  setNumber(env, layout, "addressOctets", sizeof(sockaddr_ll));
  setNumber(env, layout, "addressIndex", offsetof(sockaddr_ll, sll_ifindex));
  setNumber(env, layout, "tagValid", TP_STATUS_VLAN_VALID);
  setNumber(env, layout, "tagTypeValid", TP_STATUS_VLAN_TPID_VALID);
  setNumber(env, layout, "outgoing", PACKET_OUTGOING);
  setNumber(env, layout, "loopback", ARPHRD_LOOPBACK);
  napi_set_named_property(env, exports, "ringLayout", layout);
}

}  // namespace weir

#else

namespace weir {
// No packet sockets here: the functions are absent.
void defineRing(napi_env, napi_value) {}
}  // namespace weir

#endif
