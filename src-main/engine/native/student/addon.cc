// The student as a Node-API module: open(program, weights), close(student), embedNow and embed(student,
// pixels), and the name of its `kernel`.

#include <node_api.h>

#include <cstring>
#include <memory>
#include <new>

#include "student.h"

namespace {

using glimpse::Student;
using Handle = std::shared_ptr<const Student>;

constexpr const char* kNoMemory = "there is no memory for a batch of this size";

napi_value Throw(napi_env env, const char* message) {
  napi_throw_error(env, nullptr, message);
  return nullptr;
}

// False where the value is no typed array of these numbers; those of an empty one may be null.
template <typename Number>
bool ReadNumbers(napi_env env, napi_value value, napi_typedarray_type wanted, const Number** numbers, size_t* count) {
  bool is_array = false;
  napi_typedarray_type type;
  void* data = nullptr;
  if (napi_is_typedarray(env, value, &is_array) != napi_ok || !is_array) return false;
  if (napi_get_typedarray_info(env, value, &type, count, &data, nullptr, nullptr) != napi_ok) return false;
  *numbers = static_cast<const Number*>(data);
  return type == wanted;
}

Handle* HandleOf(napi_env env, napi_value value) {
  void* data = nullptr;
  return napi_get_value_external(env, value, &data) == napi_ok ? static_cast<Handle*>(data) : nullptr;
}

// A batch on its way: the student and the pixels stay until it has arrived.
struct Batch {
  Handle student;
  napi_ref pixels_kept = nullptr;
  const float* pixels = nullptr;
  int64_t faces = 0;
  std::unique_ptr<float[]> embeddings;
  bool has_memory = false;
  napi_async_work work = nullptr;
  napi_deferred promise = nullptr;

  void Embed() {
    embeddings.reset(new (std::nothrow) float[faces * student->embedding()]);
    has_memory = embeddings != nullptr && student->Embed(pixels, faces, embeddings.get());
  }

  // Float32Array [faces · D]
  napi_value Result(napi_env env) const {
    const size_t count = faces * student->embedding();
    void* data = nullptr;
    napi_value buffer, array;
    if (napi_create_arraybuffer(env, count * sizeof(float), &data, &buffer) != napi_ok) return nullptr;
    if (count > 0) std::memcpy(data, embeddings.get(), count * sizeof(float));
    return napi_create_typedarray(env, napi_float32_array, count, buffer, 0, &array) == napi_ok ? array : nullptr;
  }
};

// (student, pixels) → a batch, or null and a thrown error.
std::unique_ptr<Batch> ReadBatch(napi_env env, napi_callback_info info, napi_value* pixels) {
  size_t count = 2, numbers = 0;
  napi_value arguments[2];
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const Handle* handle = count == 2 ? HandleOf(env, arguments[0]) : nullptr;
  if (handle == nullptr || *handle == nullptr) return Throw(env, "this student is closed"), nullptr;
  auto batch = std::make_unique<Batch>();
  batch->student = *handle;
  if (!ReadNumbers(env, arguments[1], napi_float32_array, &batch->pixels, &numbers))
    return Throw(env, "pixels are a Float32Array"), nullptr;
  if (numbers % batch->student->numbers_per_face() != 0)
    return Throw(env, "these are not faces of the student's input size"), nullptr;
  batch->faces = numbers / batch->student->numbers_per_face();
  *pixels = arguments[1];
  return batch;
}

napi_value Open(napi_env env, napi_callback_info info) {
  size_t count = 2, steps = 0, numbers = 0;
  napi_value arguments[2], external;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const int32_t* program = nullptr;
  const float* weights = nullptr;
  if (count != 2 || !ReadNumbers(env, arguments[0], napi_int32_array, &program, &steps) ||
      !ReadNumbers(env, arguments[1], napi_float32_array, &weights, &numbers))
    return Throw(env, "a student is an Int32Array and a Float32Array");
  const char* problem = nullptr;
  Handle student = Student::Make(program, steps, weights, numbers, &problem);
  if (student == nullptr) return Throw(env, problem);
  const auto finish = [](napi_env, void* data, void*) { delete static_cast<Handle*>(data); };
  auto handle = std::make_unique<Handle>(std::move(student));
  if (napi_create_external(env, handle.get(), finish, nullptr, &external) != napi_ok) return nullptr;
  handle.release();
  return external;
}

// Frees the weights now, or once the batches on their way have arrived.
napi_value Close(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  Handle* handle = count == 1 ? HandleOf(env, argument) : nullptr;
  if (handle != nullptr) handle->reset();
  return nullptr;
}

napi_value EmbedNow(napi_env env, napi_callback_info info) {
  napi_value pixels;
  const auto batch = ReadBatch(env, info, &pixels);
  if (batch == nullptr) return nullptr;
  batch->Embed();
  return batch->has_memory ? batch->Result(env) : Throw(env, kNoMemory);
}

void Arrive(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Batch> batch(static_cast<Batch*>(data));
  napi_value result = status == napi_ok && batch->has_memory ? batch->Result(env) : nullptr;
  if (result != nullptr) {
    napi_resolve_deferred(env, batch->promise, result);
  } else {
    napi_value message, error;
    napi_create_string_utf8(env, kNoMemory, NAPI_AUTO_LENGTH, &message);
    napi_create_error(env, nullptr, message, &error);
    napi_reject_deferred(env, batch->promise, error);
  }
  napi_delete_reference(env, batch->pixels_kept);
  napi_delete_async_work(env, batch->work);
}

// A promise: the batch is embedded while the calling thread goes on.
napi_value Embed(napi_env env, napi_callback_info info) {
  napi_value pixels, promise, name;
  auto batch = ReadBatch(env, info, &pixels);
  if (batch == nullptr) return nullptr;
  const auto execute = [](napi_env, void* data) { static_cast<Batch*>(data)->Embed(); };
  napi_create_string_utf8(env, "glimpse:embed", NAPI_AUTO_LENGTH, &name);
  napi_create_reference(env, pixels, 1, &batch->pixels_kept);
  napi_create_promise(env, &batch->promise, &promise);
  napi_create_async_work(env, nullptr, name, execute, Arrive, batch.get(), &batch->work);
  if (napi_queue_async_work(env, batch->work) != napi_ok) return Throw(env, "the batch could not be queued");
  batch.release();
  return promise;
}

}  // namespace

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"open", nullptr, Open, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"close", nullptr, Close, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"embedNow", nullptr, EmbedNow, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
      {"embed", nullptr, Embed, nullptr, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_value kernel;
  napi_create_string_utf8(env, Student::KernelName(), NAPI_AUTO_LENGTH, &kernel);
  napi_set_named_property(env, exports, "kernel", kernel);
  napi_define_properties(env, exports, sizeof(functions) / sizeof(functions[0]), functions);
  return exports;
}
