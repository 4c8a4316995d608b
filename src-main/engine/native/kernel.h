// What every kernel of ours needs of TensorFlow's C API: registration, inputs and outputs.
#pragma once

#include <cstdint>
#include <initializer_list>

// Leaves out a header of pluggable devices that the wheel does not carry.
#define IS_SLIM_BUILD
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"
#include "threads.h"

// Compiled once per instruction set; the loader takes the best one that the machine has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define GLIMPSE_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GLIMPSE_VECTORISED
#endif

namespace glimpse {

// One call of a kernel. A failure is set once and makes the rest a no-op.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Input number `index` as a plain array; it lives as long as the call.
  const float* Floats(int index) const { return static_cast<const float*>(Data(index)); }
  const int32_t* Integers(int index) const { return static_cast<const int32_t*>(Data(index)); }
  int64_t Size(int index, int axis) const { return TF_Dim(inputs_[index], axis); }
  int64_t Count(int index) const { return TF_TensorElementCount(inputs_[index]); }
  // A new output of the given shape, or of an input's. Null where there is no memory, which the call reports itself.
  float* Output(int index, std::initializer_list<int64_t> shape);
  float* OutputLike(int index, int input);
  // False makes the operation fail with this message.
  bool Require(bool condition, const char* message);

 private:
  static constexpr int kMost = 8;
  const void* Data(int index) const { return TF_TensorData(inputs_[index]); }
  float* Allocate(int index, const int64_t* shape, int axes);

  TF_OpKernelContext* context_;
  TF_Tensor* inputs_[kMost] = {};
  TF_Tensor* outputs_[kMost] = {};
};

// Registers an operation whose tensors are named "name: type", and its kernel for the CPU.
void Register(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs,
              void (*compute)(void*, TF_OpKernelContext*));

}  // namespace glimpse
