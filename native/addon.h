// weir's native part: opens packet sockets and libpcap captures, waits for packets, runs compiled filters, and limits the
// rights of threads.
//
// It has no policy: it knows handles, rings and batches, and nothing of flows, retries, defaults or messages for people.
// What it is called from (src/capture/native.ts and src/capture/live/) decides all that and checks arguments first; what is
// checked here again is what could otherwise read or write memory that it should not.
//
// Threads. Everything here runs on the thread that calls it, and each Node.js thread (each napi_env) has handles of its own:
// a number from one thread means nothing on another. The only state shared between threads is the table of libpcap's
// functions, filled once under std::call_once. No call blocks longer than the timeout it was given; none calls back into
// JavaScript.
//
// Lifetime. A handle lives from the call that returned it to `close`, or to the end of its thread. Numbers are not used
// again, so a handle that was closed is known to be. `close` of a ring first detaches the ArrayBuffer that the ring was
// mapped into, whereupon all views on it have length 0, and then unmaps it; should it not detach, the memory stays mapped.
// At the end of a thread no JavaScript runs any more, and all handles are closed without detaching.
//
// Errors are exceptions with `code` set as Node.js does ('EPERM'), 'PCAP' for those of libpcap, or 'TIMESTAMPS'
// when there are no hardware time stamps; wrong arguments and handles are TypeErrors.
#pragma once

#define NAPI_VERSION 8
#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace weir {

// Must be what src/capture/native.ts expects: it grows with every change of the functions below.
constexpr uint32_t kInterfaceVersion = 3;

enum class Kind : uint8_t { Ring, Pcap };

struct Resource {
  explicit Resource(Kind k) : kind(k) {}
  virtual ~Resource() = default;
  // Called before the destructor while JavaScript still runs; false when memory could not be taken from JavaScript.
  virtual bool release(napi_env) { return true; }
  const Kind kind;
};

// Enters a resource and makes its handle; takes ownership also when it fails (0, an exception is pending).
double enter(napi_env env, Resource* resource);

// Reads the arguments of a call. After the first wrong one an exception is pending, `failed` is set, and all reads give
// nothing.
class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info);
  double number(size_t i);
  int32_t integer(size_t i) { return static_cast<int32_t>(number(i)); }
  bool isNull(size_t i);
  std::string text(size_t i);
  // Elements of a typed array of that type; their number in `length`.
  void* array(size_t i, napi_typedarray_type type, size_t* length);
  template <typename T>
  T* array(size_t i, napi_typedarray_type type, size_t* length) {
    return static_cast<T*>(array(i, type, length));
  }
  // The resource of a handle; nullptr and a TypeError when it is none of that kind or closed.
  Resource* resource(size_t i, Kind kind);
  void fail(size_t i, const char* expected);
  bool failed = false;
  static constexpr size_t kMost = 12;

 private:
  napi_env env_;
  size_t count_ = kMost;
  napi_value values_[kMost];
};

napi_value throwError(napi_env env, const char* code, const std::string& message);
// An exception of errno value `error` that happened in `step`.
napi_value throwSystem(napi_env env, const char* step, int error);
napi_value toNumber(napi_env env, double value);
void setNumber(napi_env env, napi_value object, const char* name, double value);
void setFunction(napi_env env, napi_value object, const char* name, napi_callback function);

void defineRights(napi_env env, napi_value exports);
void defineRing(napi_env env, napi_value exports);
void definePcap(napi_env env, napi_value exports);

}  // namespace weir
