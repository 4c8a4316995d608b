// Tensors and registration for the kernels beside this file.

#include "kernel.h"

#include <algorithm>
#include <cstdio>

namespace glimpse {
namespace {

void DescribeUnknownShape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

}  // namespace

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
