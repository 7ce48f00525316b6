// What a thread that captures may do once the process goes on as another user. addon.h has the rules.
#include "addon.h"

#ifdef __linux__

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace weir {
namespace {

// keepRights(): this thread keeps its permitted capabilities when the process changes its user (capabilities(7)).
napi_value keepRights(napi_env env, napi_callback_info) {
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return throwSystem(env, "PR_SET_KEEPCAPS", errno);
  return nullptr;
}

// limitRights(): this thread has CAP_NET_RAW, if it had it before, and nothing else.
napi_value limitRights(napi_env env, napi_callback_info) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, sets) != 0) return throwSystem(env, "capget", errno);
  const uint32_t kept = sets[CAP_TO_INDEX(CAP_NET_RAW)].permitted & CAP_TO_MASK(CAP_NET_RAW);
  for (auto& set : sets) set = {};
  sets[CAP_TO_INDEX(CAP_NET_RAW)] = {kept, kept, 0};
  if (syscall(SYS_capset, &header, sets) != 0) return throwSystem(env, "capset", errno);
  if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0) return throwSystem(env, "PR_SET_KEEPCAPS", errno);
  return nullptr;
}

}  // namespace

void defineRights(napi_env env, napi_value exports) {
  setFunction(env, exports, "keepRights", keepRights);
  setFunction(env, exports, "limitRights", limitRights);
}

}  // namespace weir

#else

namespace weir {
// No capabilities here: the functions are absent.
void defineRights(napi_env, napi_value) {}
}  // namespace weir

#endif
