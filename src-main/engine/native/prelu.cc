// PReLU and its gradient in one pass over the map each: x where positive, slope · x elsewhere, one slope per channel.

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "kernel.h"

namespace {

using glimpse::Call;
using glimpse::ParallelParts;

// Rows whose slope gradients are summed in float before they join the sum in double.
constexpr int64_t kRowsPerSum = 64;

GLIMPSE_VECTORISED void Forward(const float* __restrict x, const float* __restrict slopes, float* __restrict y, int64_t rows, int64_t channels) {
  for (int64_t row = 0; row < rows; row++, x += channels, y += channels)
    for (int64_t c = 0; c < channels; c++) y[c] = x[c] > 0 ? x[c] : slopes[c] * x[c];
}

GLIMPSE_VECTORISED void Backward(const float* __restrict gradient, const float* __restrict x,
                                 const float* __restrict slopes, float* __restrict input_gradient,
                                 float* __restrict slope_sums, int64_t rows, int64_t channels) {
  for (int64_t row = 0; row < rows; row++) {
    for (int64_t c = 0; c < channels; c++) {
      const float g = gradient[c];
      const bool is_positive = x[c] > 0;
      input_gradient[c] = is_positive ? g : slopes[c] * g;
      slope_sums[c] += is_positive ? 0.0f : g * x[c];
    }
    gradient += channels;
    x += channels;
    input_gradient += channels;
  }
}

// x [..., C], slopes [C] → y [..., C]
void ComputePrelu(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t channels = call.Count(1);
  if (!call.Require(channels > 0 && call.Count(0) % channels == 0, "PReLU needs one slope per channel")) return;
  const float *x = call.Floats(0), *slopes = call.Floats(1);
  float* y = call.OutputLike(0, 0);
  if (y == nullptr) return;
  ParallelParts(call.Count(0) / channels, [&](int64_t first, int64_t last) {
    Forward(x + first * channels, slopes, y + first * channels, last - first, channels);
  });
}

// gradient [..., C], x [..., C], slopes [C] → input gradient [..., C], slope gradient [C]
void ComputePreluGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t channels = call.Count(2);
  const bool fits = channels > 0 && call.Count(0) == call.Count(1) && call.Count(0) % channels == 0;
  if (!call.Require(fits, "PReLU's gradient needs a map, its gradient and one slope per channel")) return;
  const float *gradient = call.Floats(0), *x = call.Floats(1), *slopes = call.Floats(2);
  float* input_gradient = call.OutputLike(0, 0);
  float* slope_gradient = call.Output(1, {channels});
  if (input_gradient == nullptr || slope_gradient == nullptr) return;
  // Parts in the order of their rows, so that the sum does not depend on which thread was first.
  std::vector<std::pair<int64_t, std::vector<double>>> parts;
  std::mutex mutex;
  ParallelParts(call.Count(0) / channels, [&](int64_t first, int64_t last) {
    std::vector<double> sums(channels, 0.0);
    std::vector<float> block(channels);
    for (int64_t row = first; row < last; row += kRowsPerSum) {
      const int64_t rows = std::min(kRowsPerSum, last - row);
      std::fill(block.begin(), block.end(), 0.0f);
      const int64_t at = row * channels;
      Backward(gradient + at, x + at, slopes, input_gradient + at, block.data(), rows, channels);
      for (int64_t c = 0; c < channels; c++) sums[c] += block[c];
    }
    std::lock_guard<std::mutex> lock(mutex);
    parts.emplace_back(first, std::move(sums));
  });
  std::sort(parts.begin(), parts.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
  for (int64_t c = 0; c < channels; c++) {
    double sum = 0;
    for (const auto& part : parts) sum += part.second[c];
    slope_gradient[c] = static_cast<float>(sum);
  }
}

const bool registered = [] {
  glimpse::Register("GlimpsePrelu", {"x: float", "slopes: float"}, {"y: float"}, &ComputePrelu);
  glimpse::Register("GlimpsePreluGrad", {"gradient: float", "x: float", "slopes: float"},
                    {"input_gradient: float", "slope_gradient: float"}, &ComputePreluGradient);
  return true;
}();

}  // namespace
