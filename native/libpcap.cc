// Finds libpcap; libpcap.h has the reasons.
#include "libpcap.h"

#include <dlfcn.h>

#include <mutex>

namespace weir {
namespace {

Libpcap functions{};
bool complete = false;

template <typename F>
bool find(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(library, name));
  return function != nullptr;
}

bool findAll(void* library, Libpcap& f) {
  return find(library, "pcap_lib_version", f.lib_version) && find(library, "pcap_create", f.create) &&
         find(library, "pcap_set_snaplen", f.set_snaplen) && find(library, "pcap_set_promisc", f.set_promisc) &&
         find(library, "pcap_set_timeout", f.set_timeout) && find(library, "pcap_set_buffer_size", f.set_buffer_size) &&
         find(library, "pcap_activate", f.activate) && find(library, "pcap_setnonblock", f.setnonblock) &&
         find(library, "pcap_get_selectable_fd", f.get_selectable_fd) && find(library, "pcap_dispatch", f.dispatch) &&
         find(library, "pcap_stats", f.stats) && find(library, "pcap_datalink", f.datalink) &&
         find(library, "pcap_set_datalink", f.set_datalink) && find(library, "pcap_compile", f.compile) &&
         find(library, "pcap_setfilter", f.setfilter) && find(library, "pcap_freecode", f.freecode) &&
         find(library, "pcap_geterr", f.geterr) && find(library, "pcap_statustostr", f.statustostr) &&
         find(library, "pcap_close", f.close) && find(library, "pcap_open_dead", f.open_dead) &&
         find(library, "pcap_findalldevs", f.findalldevs) && find(library, "pcap_freealldevs", f.freealldevs) &&
         find(library, "pcap_set_tstamp_type", f.set_tstamp_type) &&
         find(library, "pcap_set_tstamp_precision", f.set_tstamp_precision) &&
         find(library, "bpf_filter", f.filter) && find(library, "bpf_validate", f.validate);
}

}  // namespace

const Libpcap* libpcap() {
  static std::once_flag once;
  std::call_once(once, [] {
#ifdef __APPLE__
    const char* names[] = {"libpcap.A.dylib", "libpcap.dylib"};
#else
    const char* names[] = {"libpcap.so.1", "libpcap.so.0.8", "libpcap.so"};
#endif
    for (const char* name : names) {
      void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
      if (library == nullptr) continue;
      if ((complete = findAll(library, functions))) return;
      dlclose(library);
    }
  });
  return complete ? &functions : nullptr;
}

}  // namespace weir
