// Captures by libpcap, and its filter compiler. addon.h has the rules.
#include "addon.h"
#include "libpcap.h"

#ifdef __linux__
#include <linux/filter.h>
#include <sys/socket.h>
#endif
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir {
namespace {

// How long libpcap's ring keeps packets of a block that is not full.
constexpr int kBlockTimeoutMs = 10;
// Filters are compiled on captures that nobody reads.
constexpr int kSmallBuffer = 1 << 18;

struct Pcap final : Resource {
  Pcap() : Resource(Kind::Pcap) {}
  ~Pcap() override {
    if (pcap != nullptr) libpcap()->close(pcap);
  }
  pcap_t* pcap = nullptr;
  int fd = -1;
  uint32_t snapLength = 0;
  bool nanoseconds = false;
  // The filter in force is the kernel's alone, so that it can be replaced there.
  bool kernelFilter = false;
  PcapStatistics last{};
};

napi_value throwMissing(napi_env env) {
  return throwError(env, "ENOENT", "libpcap is not installed");
}

napi_value throwPcap(napi_env env, int status, const std::string& text) {
  switch (status) {
    case kPcapNoSuchDevice: return throwError(env, "ENODEV", text);
    case kPcapPermission:
    case kPcapPromiscuousPermission: return throwError(env, "EPERM", text);
    case kPcapNotUp: return throwError(env, "ENETDOWN", text);
    default: return throwError(env, "PCAP", text);
  }
}

struct Settings {
  std::string name;
  int snapLength = 0;
  bool promiscuous = false;
  int bufferOctets = 0;
  int linkType = -1;  // asked of the device where it offers several; -1: its own
  bool adapterClock = false;
};

// Activates a capture; throws and returns false on failure.
bool activate(napi_env env, Pcap& capture, const Settings& s) {
  const Libpcap& p = *libpcap();
  char error[kPcapErrorBuffer] = "";
  capture.pcap = p.create(s.name.c_str(), error);
  if (capture.pcap == nullptr) {
    throwError(env, "PCAP", error);
    return false;
  }
  pcap_t* pcap = capture.pcap;
  p.set_snaplen(pcap, s.snapLength);
  p.set_promisc(pcap, s.promiscuous ? 1 : 0);
  p.set_timeout(pcap, kBlockTimeoutMs);
  p.set_buffer_size(pcap, s.bufferOctets);
  if (s.adapterClock && p.set_tstamp_type(pcap, kPcapAdapterClock) != 0) {
    throwError(env, "TIMESTAMPS", "libpcap does not have them of this interface");
    return false;
  }
  capture.nanoseconds = p.set_tstamp_precision(pcap, kPcapNanoseconds) == 0;
  capture.snapLength = static_cast<uint32_t>(s.snapLength);
  const int status = p.activate(pcap);
  if (status < 0) {
    const char* text = p.geterr(pcap);
    throwPcap(env, status, text != nullptr && *text != '\0' ? text : p.statustostr(status));
    return false;
  }
  // A device that does not offer it keeps its own.
  if (s.linkType >= 0) p.set_datalink(pcap, s.linkType);
  return true;
}

// pcapVersion() → what libpcap says of itself, or null when there is none.
napi_value pcapVersion(napi_env env, napi_callback_info) {
  napi_value result;
  if (libpcap() == nullptr) napi_get_null(env, &result);
  else napi_create_string_utf8(env, libpcap()->lib_version(), NAPI_AUTO_LENGTH, &result);
  return result;
}

#ifdef __linux__
// Puts a program into the kernel in place of the former one, at once. Cooked headers are libpcap's own invention: programs for
// them are not the kernel's.
bool attachToSocket(const Pcap& capture, const PcapProgram& program) {
  constexpr int kCooked = 113, kCooked2 = 276;
  const int linkType = libpcap()->datalink(capture.pcap);
  const int fd = libpcap()->get_selectable_fd(capture.pcap);
  int domain = 0;
  socklen_t size = sizeof domain;
  if (linkType == kCooked || linkType == kCooked2 || fd < 0 ||
      getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_PACKET) {
    return false;
  }
  sock_fprog given{static_cast<unsigned short>(program.length), reinterpret_cast<sock_filter*>(program.instructions)};
  return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &given, sizeof given) == 0;
}
#else
bool attachToSocket(const Pcap&, const PcapProgram&) { return false; }
#endif

// Puts a filter in place of the former one; what went wrong, or nothing. libpcap changes filters by way of one that takes
// nothing, and what comes meanwhile is lost and not counted: it does so when the capture is opened, not later if it can be helped.
std::string attach(Pcap& capture, const std::string& expression, bool isFirst) {
  const Libpcap& p = *libpcap();
  pcap_t* pcap = capture.pcap;
  PcapProgram program{};
  if (p.compile(pcap, &program, expression.c_str(), 1, kPcapNetmaskUnknown) != 0) {
    return std::string("filter: ") + p.geterr(pcap);
  }
  std::string trouble;
  if (isFirst || !capture.kernelFilter || !attachToSocket(capture, program)) {
    trouble = p.setfilter(pcap, &program) != 0 ? p.geterr(pcap) : "";
    capture.kernelFilter = attachToSocket(capture, program);
  }
  p.freecode(&program);
  return trouble;
}

// pcapSetFilter(handle, expression): an empty one takes all packets.
napi_value pcapSetFilter(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  auto* capture = static_cast<Pcap*>(arguments.resource(0, Kind::Pcap));
  const std::string expression = arguments.text(1);
  if (arguments.failed) return nullptr;
  const std::string trouble = attach(*capture, expression, false);
  return trouble.empty() ? nullptr : throwError(env, "PCAP", trouble);
}

// pcapOpen(name, snapLength, promiscuous 0|1, bufferOctets, filter or null, adapterClock 0|1)
//   → { handle, linkType (DLT_) }
napi_value pcapOpen(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Settings settings;
  settings.name = arguments.text(0);
  settings.snapLength = arguments.integer(1);
  settings.promiscuous = arguments.number(2) != 0;
  settings.bufferOctets = arguments.integer(3);
  const bool filtered = !arguments.isNull(4);
  const std::string expression = filtered ? arguments.text(4) : std::string();
  settings.adapterClock = arguments.number(5) != 0;
  if (!arguments.failed && settings.snapLength < 1) arguments.fail(1, "at least 1");
  if (arguments.failed) return nullptr;
  if (libpcap() == nullptr) return throwMissing(env);
  const Libpcap& p = *libpcap();

  auto* capture = new Pcap();
  if (!activate(env, *capture, settings)) {
    delete capture;
    return nullptr;
  }
  char error[kPcapErrorBuffer] = "";
  std::string trouble = filtered ? attach(*capture, expression, true) : std::string();
  capture->kernelFilter = !filtered || capture->kernelFilter;
  if (trouble.empty() && p.setnonblock(capture->pcap, 1, error) != 0) trouble = error;
  capture->fd = p.get_selectable_fd(capture->pcap);
  if (!trouble.empty()) {
    delete capture;
    return throwError(env, "PCAP", trouble);
  }
  const int linkType = p.datalink(capture->pcap);
  const double handle = enter(env, capture);
  if (handle == 0) return nullptr;
  napi_value result;
  napi_create_object(env, &result);
  setNumber(env, result, "handle", handle);
  setNumber(env, result, "linkType", linkType);
  return result;
}

// A batch that is being filled: the columns of src/capture/packet-batch.ts, and where the next packet goes.
struct Batch {
  uint8_t* octets;
  int32_t* offset;
  int32_t* captured;
  uint32_t* wire;
  double* timeUs;
  int32_t* timeNs;
  size_t capacity;
  size_t count;
  size_t position;
  uint32_t snapLength;
  bool nanoseconds;
};

// Two octets beyond a multiple of four, so that the IP header behind an Ethernet header is aligned.
size_t aligned(size_t position) { return ((position + 3) & ~static_cast<size_t>(3)) + 2; }

void take(unsigned char* user, const PcapHeader* header, const unsigned char* packet) {
  auto* batch = reinterpret_cast<Batch*>(user);
  const size_t i = batch->count++;
  const size_t start = aligned(batch->position);
  const uint32_t captured = std::min(header->captured, batch->snapLength);
  std::memcpy(batch->octets + start, packet, captured);
  batch->offset[i] = static_cast<int32_t>(start);
  batch->captured[i] = static_cast<int32_t>(captured);
  batch->wire[i] = header->wire;
  const auto fraction = static_cast<int32_t>(header->time.tv_usec);
  const int32_t us = batch->nanoseconds ? fraction / 1000 : fraction;
  batch->timeUs[i] = static_cast<double>(header->time.tv_sec) * 1e6 + us;
  batch->timeNs[i] = batch->nanoseconds ? fraction - us * 1000 : 0;
  batch->position = start + captured;
}

// pcapNext(handle, octets, offset, captured, wire, timeUs, timeNs, timeoutMs) → packets written, 0 to the columns' length.
napi_value pcapNext(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  auto* capture = static_cast<Pcap*>(arguments.resource(0, Kind::Pcap));
  Batch batch{};
  size_t octets = 0;
  size_t rows[5] = {};
  batch.octets = arguments.array<uint8_t>(1, napi_uint8_array, &octets);
  batch.offset = arguments.array<int32_t>(2, napi_int32_array, &rows[0]);
  batch.captured = arguments.array<int32_t>(3, napi_int32_array, &rows[1]);
  batch.wire = arguments.array<uint32_t>(4, napi_uint32_array, &rows[2]);
  batch.timeUs = arguments.array<double>(5, napi_float64_array, &rows[3]);
  batch.timeNs = arguments.array<int32_t>(6, napi_int32_array, &rows[4]);
  const int timeoutMs = arguments.integer(7);
  if (arguments.failed) return nullptr;
  batch.capacity = *std::min_element(rows, rows + 5);
  batch.snapLength = capture->snapLength;
  batch.nanoseconds = capture->nanoseconds;
  const size_t each = static_cast<size_t>(capture->snapLength) + 6;
  if (octets < each || octets > INT32_MAX) {
    arguments.fail(1, "room for one packet, less than 2^31 octets");
    return nullptr;
  }
  bool waited = false;
  while (batch.count < batch.capacity) {
    const size_t room = (octets - std::min(octets, batch.position)) / each;
    if (room == 0) break;
    const int most = static_cast<int>(std::min(batch.capacity - batch.count, room));
    const int got = libpcap()->dispatch(capture->pcap, most, take, reinterpret_cast<unsigned char*>(&batch));
    if (got < 0) {
      // What was taken before the trouble counts; it is met again in the next call.
      if (batch.count > 0) break;
      return throwPcap(env, got, libpcap()->geterr(capture->pcap));
    }
    if (got > 0) continue;
    if (batch.count > 0 || waited || timeoutMs <= 0) break;
    pollfd poller{capture->fd, POLLIN, 0};
    poll(&poller, capture->fd >= 0 ? 1 : 0, timeoutMs);
    waited = true;
  }
  return toNumber(env, static_cast<double>(batch.count));
}

// pcapStatistics(handle, Float64Array): adds packets lost by the kernel and by the interface since the last call.
napi_value pcapStatistics(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  auto* capture = static_cast<Pcap*>(arguments.resource(0, Kind::Pcap));
  size_t length = 0;
  auto* counts = arguments.array<double>(1, napi_float64_array, &length);
  if (!arguments.failed && length < 2) arguments.fail(1, "room for two counts");
  if (arguments.failed) return nullptr;
  PcapStatistics now{};
  if (libpcap()->stats(capture->pcap, &now) != 0) {
    return throwError(env, "PCAP", libpcap()->geterr(capture->pcap));
  }
  // 32-bit counts that run over; the difference is right as long as it is asked for now and then.
  counts[0] += static_cast<uint32_t>(now.dropped - capture->last.dropped);
  counts[1] += static_cast<uint32_t>(now.droppedByInterface - capture->last.droppedByInterface);
  capture->last = now;
  return nullptr;
}

// pcapCompile(interface name or null, linkType (DLT_) or -1, snapLength, expression) → Uint8Array of instructions. With a
// name the program is for packets as the kernel has them, with VLAN tags beside them; without for packets as files do.
napi_value pcapCompile(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Settings settings;
  const bool live = !arguments.isNull(0);
  if (live) settings.name = arguments.text(0);
  settings.linkType = arguments.integer(1);
  settings.snapLength = arguments.integer(2);
  settings.bufferOctets = kSmallBuffer;
  const std::string expression = arguments.text(3);
  if (arguments.failed) return nullptr;
  if (libpcap() == nullptr) return throwMissing(env);
  const Libpcap& p = *libpcap();
  Pcap capture;
  if (live) {
    if (!activate(env, capture, settings)) return nullptr;
  } else {
    capture.pcap = p.open_dead(settings.linkType, settings.snapLength);
    if (capture.pcap == nullptr) return throwError(env, "PCAP", "out of memory");
  }
  PcapProgram program{};
  if (p.compile(capture.pcap, &program, expression.c_str(), 1, kPcapNetmaskUnknown) != 0) {
    return throwError(env, "PCAP", p.geterr(capture.pcap));
  }
  const size_t octets = program.length * sizeof(PcapInstruction);
  void* data = nullptr;
  napi_value buffer = nullptr;
  napi_value result = nullptr;
  if (napi_create_arraybuffer(env, octets, &data, &buffer) == napi_ok) {
    std::memcpy(data, program.instructions, octets);
    napi_create_typedarray(env, napi_uint8_array, octets, buffer, 0, &result);
  }
  p.freecode(&program);
  return result;
}

// pcapFilter(program, octets, offset, captured, wire, count, keep): keep[i] = 1 for packets that match, else 0 → matches.
napi_value pcapFilter(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  size_t programOctets = 0;
  size_t octets = 0;
  size_t rows[4] = {};
  const auto* program = arguments.array<uint8_t>(0, napi_uint8_array, &programOctets);
  const auto* data = arguments.array<uint8_t>(1, napi_uint8_array, &octets);
  const auto* offset = arguments.array<int32_t>(2, napi_int32_array, &rows[0]);
  const auto* captured = arguments.array<int32_t>(3, napi_int32_array, &rows[1]);
  const auto* wire = arguments.array<uint32_t>(4, napi_uint32_array, &rows[2]);
  const double count = arguments.number(5);
  auto* keep = arguments.array<uint8_t>(6, napi_uint8_array, &rows[3]);
  if (arguments.failed) return nullptr;
  if (libpcap() == nullptr) return throwMissing(env);
  const auto* instructions = reinterpret_cast<const PcapInstruction*>(program);
  const size_t length = programOctets / sizeof(PcapInstruction);
  if (length == 0 || length > 0xffff || programOctets % sizeof(PcapInstruction) != 0 ||
      reinterpret_cast<uintptr_t>(program) % alignof(PcapInstruction) != 0 ||
      libpcap()->validate(instructions, static_cast<int>(length)) == 0) {
    arguments.fail(0, "a compiled filter");
  } else if (count < 0 || count > static_cast<double>(*std::min_element(rows, rows + 4))) {
    arguments.fail(5, "a count of rows that are there");
  }
  if (arguments.failed) return nullptr;
  double matches = 0;
  for (size_t i = 0; i < static_cast<size_t>(count); i++) {
    const int64_t end = static_cast<int64_t>(offset[i]) + captured[i];
    if (offset[i] < 0 || captured[i] < 0 || end > static_cast<int64_t>(octets)) {
      arguments.fail(2, "packets within the octets");
      return nullptr;
    }
    const auto room = static_cast<unsigned int>(captured[i]);
    keep[i] = libpcap()->filter(instructions, data + offset[i], wire[i], room) != 0 ? 1 : 0;
    matches += keep[i];
  }
  return toNumber(env, matches);
}

// pcapDevices() → [name, description, name, description …] of what libpcap can open; empty without permission or libpcap.
napi_value pcapDevices(napi_env env, napi_callback_info) {
  napi_value result;
  napi_create_array(env, &result);
  if (libpcap() == nullptr) return result;
  PcapDevice* devices = nullptr;
  char error[kPcapErrorBuffer] = "";
  if (libpcap()->findalldevs(&devices, error) != 0) return throwError(env, "PCAP", error);
  uint32_t i = 0;
  for (PcapDevice* device = devices; device != nullptr; device = device->next) {
    for (const char* text : {static_cast<const char*>(device->name), static_cast<const char*>(device->description)}) {
      napi_value value;
      napi_create_string_utf8(env, text == nullptr ? "" : text, NAPI_AUTO_LENGTH, &value);
      napi_set_element(env, result, i++, value);
    }
  }
  if (devices != nullptr) libpcap()->freealldevs(devices);
  return result;
}

}  // namespace

void definePcap(napi_env env, napi_value exports) {
  setFunction(env, exports, "pcapVersion", pcapVersion);
  setFunction(env, exports, "pcapOpen", pcapOpen);
  setFunction(env, exports, "pcapSetFilter", pcapSetFilter);
  setFunction(env, exports, "pcapNext", pcapNext);
  setFunction(env, exports, "pcapStatistics", pcapStatistics);
  setFunction(env, exports, "pcapCompile", pcapCompile);
  setFunction(env, exports, "pcapFilter", pcapFilter);
  setFunction(env, exports, "pcapDevices", pcapDevices);
}

}  // namespace weir
