// Registration, handles and arguments; addon.h has the rules.
#include "addon.h"

#include <cerrno>
#include <cmath>
#include <cstring>

namespace weir {
namespace {

constexpr uint32_t kSlots = 256;

struct Slot {
  Resource* resource = nullptr;
  uint32_t generation = 0;
};

struct Environment {
  Slot slots[kSlots];
  ~Environment() {
    for (Slot& slot : slots) delete slot.resource;
  }
};

Environment* environmentOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

// The slot that a handle names, or nullptr.
Slot* slotOf(napi_env env, double handle) {
  Environment* environment = environmentOf(env);
  if (environment == nullptr || !(handle >= kSlots) || handle > 9007199254740991.0 || handle != std::floor(handle)) {
    return nullptr;
  }
  const auto bits = static_cast<uint64_t>(handle);
  Slot& slot = environment->slots[bits % kSlots];
  return slot.resource != nullptr && slot.generation == bits / kSlots ? &slot : nullptr;
}

const char* codeOf(int error) {
  switch (error) {
    case EPERM: return "EPERM";
    case EACCES: return "EACCES";
    case ENODEV: return "ENODEV";
    case ENXIO: return "ENXIO";
    case ENETDOWN: return "ENETDOWN";
    case ENOMEM: return "ENOMEM";
    case ENOBUFS: return "ENOBUFS";
    case EINVAL: return "EINVAL";
    case EALREADY: return "EALREADY";
    case ENOSPC: return "ENOSPC";
    case EOPNOTSUPP: return "EOPNOTSUPP";
    case ENOPROTOOPT: return "ENOPROTOOPT";
    case EAFNOSUPPORT: return "EAFNOSUPPORT";
    case EMFILE: return "EMFILE";
    case ERANGE: return "ERANGE";
    default: return "ESYSTEM";
  }
}

// close(handle): true; false when it was closed before.
napi_value close(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const double handle = arguments.number(0);
  if (arguments.failed) return nullptr;
  Slot* slot = slotOf(env, handle);
  if (slot != nullptr) {
    Resource* resource = slot->resource;
    slot->resource = nullptr;
    resource->release(env);
    delete resource;
  }
  napi_value result;
  napi_get_boolean(env, slot != nullptr, &result);
  return result;
}

}  // namespace

double enter(napi_env env, Resource* resource) {
  Environment* environment = environmentOf(env);
  for (uint32_t i = 0; i < kSlots; i++) {
    Slot& slot = environment->slots[i];
    if (slot.resource != nullptr || slot.generation == UINT32_MAX) continue;
    slot.resource = resource;
    slot.generation++;
    return static_cast<double>(slot.generation) * kSlots + i;
  }
  resource->release(env);
  delete resource;
  throwError(env, "EMFILE", "256 captures of this thread are open, no more are possible");
  return 0;
}

Arguments::Arguments(napi_env env, napi_callback_info info) : env_(env) {
  napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr);
}

void Arguments::fail(size_t i, const char* expected) {
  if (!failed) {
    const std::string message = "argument " + std::to_string(i + 1) + ": expected " + expected;
    napi_throw_type_error(env_, "ERR_INVALID_ARG_TYPE", message.c_str());
  }
  failed = true;
}

double Arguments::number(size_t i) {
  double value = 0;
  if (failed) return 0;
  if (i >= count_ || napi_get_value_double(env_, values_[i], &value) != napi_ok || !std::isfinite(value) ||
      std::fabs(value) > 9007199254740991.0) {
    fail(i, "a number");
    return 0;
  }
  return value;
}

bool Arguments::isNull(size_t i) {
  napi_valuetype type = napi_undefined;
  if (failed || i >= count_) return true;
  napi_typeof(env_, values_[i], &type);
  return type == napi_null || type == napi_undefined;
}

std::string Arguments::text(size_t i) {
  size_t length = 0;
  if (failed) return {};
  if (i >= count_ || napi_get_value_string_utf8(env_, values_[i], nullptr, 0, &length) != napi_ok) {
    fail(i, "a string");
    return {};
  }
  std::string value(length, '\0');
  napi_get_value_string_utf8(env_, values_[i], value.data(), length + 1, &length);
  if (value.find('\0') != std::string::npos) fail(i, "a string without a zero octet");
  return value;
}

void* Arguments::array(size_t i, napi_typedarray_type wanted, size_t* length) {
  bool is = false;
  napi_typedarray_type type;
  void* data = nullptr;
  *length = 0;
  if (failed) return nullptr;
  if (i >= count_ || napi_is_typedarray(env_, values_[i], &is) != napi_ok || !is ||
      napi_get_typedarray_info(env_, values_[i], &type, length, &data, nullptr, nullptr) != napi_ok || type != wanted) {
    *length = 0;
    fail(i, "a typed array of another kind");
    return nullptr;
  }
  return data;
}

Resource* Arguments::resource(size_t i, Kind kind) {
  const double handle = number(i);
  if (failed) return nullptr;
  Slot* slot = slotOf(env_, handle);
  if (slot == nullptr || slot->resource->kind != kind) {
    fail(i, kind == Kind::Ring ? "the handle of an open ring" : "the handle of an open libpcap capture");
    return nullptr;
  }
  return slot->resource;
}

napi_value throwError(napi_env env, const char* code, const std::string& message) {
  napi_throw_error(env, code, message.c_str());
  return nullptr;
}

napi_value throwSystem(napi_env env, const char* step, int error) {
  return throwError(env, codeOf(error), std::string(step) + ": " + std::strerror(error));
}

napi_value toNumber(napi_env env, double value) {
  napi_value result = nullptr;
  napi_create_double(env, value, &result);
  return result;
}

void setNumber(napi_env env, napi_value object, const char* name, double value) {
  napi_set_named_property(env, object, name, toNumber(env, value));
}

void setFunction(napi_env env, napi_value object, const char* name, napi_callback function) {
  napi_value value;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value) == napi_ok) {
    napi_set_named_property(env, object, name, value);
  }
}

}  // namespace weir

extern "C" NAPI_MODULE_EXPORT int32_t node_api_module_get_api_version_v1(void) { return NAPI_VERSION; }

extern "C" NAPI_MODULE_EXPORT napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  using namespace weir;
  const auto destroy = [](napi_env, void* data, void*) { delete static_cast<Environment*>(data); };
  auto* environment = new Environment();
  if (napi_set_instance_data(env, environment, destroy, nullptr) != napi_ok) {
    delete environment;
    return throwError(env, "ESYSTEM", "the addon cannot keep its handles");
  }
  setNumber(env, exports, "interfaceVersion", kInterfaceVersion);
  setFunction(env, exports, "close", close);
  defineRights(env, exports);
  defineRing(env, exports);
  definePcap(env, exports);
  return exports;
}
