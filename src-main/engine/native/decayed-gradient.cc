// What SGD adds to a velocity, scale · gradient + decay · value, in one pass.

#include "kernel.h"

namespace {

using glimpse::Call;
using glimpse::ParallelParts;

GLIMPSE_VECTORISED void Add(const float* __restrict gradient, const float* __restrict value, float scale, float decay,
                            float* __restrict sum, int64_t count) {
  for (int64_t at = 0; at < count; at++) sum[at] = scale * gradient[at] + decay * value[at];
}

// gradient [...], value [...], scale [], decay [] → [...]
void Compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  const bool fits = call.Count(0) == call.Count(1) && call.Count(2) == 1 && call.Count(3) == 1;
  if (!call.Require(fits, "a decayed gradient needs a gradient, a value of its size and two numbers")) return;
  const float *gradient = call.Floats(0), *value = call.Floats(1);
  const float scale = *call.Floats(2), decay = *call.Floats(3);
  float* sum = call.OutputLike(0, 0);
  if (sum == nullptr) return;
  ParallelParts(call.Count(0), [&](int64_t first, int64_t last) {
    Add(gradient + first, value + first, scale, decay, sum + first, last - first);
  });
}

const bool registered = [] {
  glimpse::Register("GlimpseDecayedGradient", {"gradient: float", "value: float", "scale: float", "decay: float"},
                    {"sum: float"}, &Compute);
  return true;
}();

}  // namespace
