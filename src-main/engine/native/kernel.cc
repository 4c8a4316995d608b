// Threads, tensors and registration for the kernels beside this file.

#include "kernel.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

namespace glimpse {
namespace {

constexpr int64_t kMostThreads = 16;

// Threads that wait for parts of work; made on first use, never ended (a process ends without them).
class Pool {
 public:
  explicit Pool(int64_t workers) {
    for (int64_t number = 0; number < workers; number++) std::thread([this, number] { Serve(number); }).detach();
  }

  void Run(const std::function<void(int64_t)>& part, int64_t parts) {
    std::lock_guard<std::mutex> one_at_a_time(caller_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      part_ = &part;
      parts_ = parts;
      pending_ = parts - 1;
      round_++;
    }
    start_.notify_all();
    part(0);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return pending_ == 0; });
  }

 private:
  void Serve(int64_t number) {
    int64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      start_.wait(lock, [&] { return round_ != seen; });
      seen = round_;
      if (number + 1 >= parts_) continue;
      const auto* part = part_;
      lock.unlock();
      (*part)(number + 1);
      lock.lock();
      if (--pending_ == 0) done_.notify_one();
    }
  }

  std::mutex caller_, mutex_;
  std::condition_variable start_, done_;
  const std::function<void(int64_t)>* part_ = nullptr;
  int64_t parts_ = 0, pending_ = 0, round_ = 0;
};

Pool& ThePool() {
  static Pool* pool = new Pool(ThreadCount() - 1);
  return *pool;
}

void DescribeUnknownShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

}  // namespace

int64_t ThreadCount() {
  static const int64_t count = [] {
    const char* chosen = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int64_t wanted = chosen == nullptr ? 0 : std::atoll(chosen);
    return std::clamp<int64_t>(wanted > 0 ? wanted : std::thread::hardware_concurrency(), 1, kMostThreads);
  }();
  return count;
}

void ParallelParts(int64_t count, const std::function<void(int64_t, int64_t)>& body) {
  const int64_t parts = std::min(ThreadCount(), std::max<int64_t>(count, 1));
  const auto run = [&](int64_t part) { body(count * part / parts, count * (part + 1) / parts); };
  if (parts == 1) return run(0);
  ThePool().Run(run, parts);
}

Call::Call(TF_OpKernelContext* context) : context_(context) {
  TF_Status* status = TF_NewStatus();
  const int count = std::min(TF_NumInputs(context), kMost);
  for (int index = 0; index < count; index++) TF_GetInput(context, index, &inputs_[index], status);
  TF_DeleteStatus(status);
}

Call::~Call() {
  for (TF_Tensor* tensor : inputs_)
    if (tensor != nullptr) TF_DeleteTensor(tensor);
  for (TF_Tensor* tensor : outputs_)
    if (tensor != nullptr) TF_DeleteTensor(tensor);
}

float* Call::Output(int index, std::initializer_list<int64_t> shape) {
  return Allocate(index, shape.begin(), static_cast<int>(shape.size()));
}

float* Call::OutputLike(int index, int input) {
  int64_t shape[8];
  const int axes = std::min(TF_NumDims(inputs_[input]), 8);
  for (int axis = 0; axis < axes; axis++) shape[axis] = TF_Dim(inputs_[input], axis);
  return Allocate(index, shape, axes);
}

float* Call::Allocate(int index, const int64_t* shape, int axes) {
  size_t bytes = sizeof(float);
  for (int axis = 0; axis < axes; axis++) bytes *= static_cast<size_t>(shape[axis]);
  TF_Status* status = TF_NewStatus();
  outputs_[index] = TF_AllocateOutput(context_, index, TF_FLOAT, shape, axes, bytes, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context_, status);
  TF_DeleteStatus(status);
  return outputs_[index] == nullptr ? nullptr : static_cast<float*>(TF_TensorData(outputs_[index]));
}

bool Call::Require(bool condition, const char* message) {
  if (condition) return true;
  TF_Status* status = TF_NewStatus();
  TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
  TF_OpKernelContext_Failure(context_, status);
  TF_DeleteStatus(status);
  return false;
}

void Register(const char* name, std::initializer_list<const char*> inputs, std::initializer_list<const char*> outputs,
              void (*compute)(void*, TF_OpKernelContext*)) {
  TF_Status* status = TF_NewStatus();
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, &DescribeUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  // Without its kernels Glimpse still runs, by TensorFlow's own operations.
  if (TF_GetCode(status) != TF_OK) std::fprintf(stderr, "glimpse: %s: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
}

}  // namespace glimpse
