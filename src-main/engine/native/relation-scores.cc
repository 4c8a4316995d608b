// Cosines between one relation and many, ⟨v, r⟩ / |r| with r = ReLU(a − o), and their gradients, without ever holding r.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernel.h"

namespace {

using glimpse::Call;
using glimpse::ParallelParts;

// Stands for the length of a relation that is zero, whose cosine is 0.
constexpr float kSmallestLength = 1e-6f;
// Channels that one thread takes at a time in the gradient.
constexpr int64_t kChannelBlock = 64;
constexpr int kLanes = 16;
// The others lie anywhere in memory: they are asked for this many pairs early.
constexpr int64_t kPairsAhead = 4;

struct Sums {
  float product, square;
};

// In kLanes running sums, in a fixed order: without them the compiler may not use vectors.
GLIMPSE_VECTORISED Sums Relate(const float* anchor, const float* other, const float* direction, int64_t size) {
  float products[kLanes] = {}, squares[kLanes] = {};
  const int64_t whole = size - size % kLanes;
  for (int64_t c = 0; c < whole; c += kLanes) {
    for (int lane = 0; lane < kLanes; lane++) {
      const float r = std::max(anchor[c + lane] - other[c + lane], 0.0f);
      products[lane] += r * direction[c + lane];
      squares[lane] += r * r;
    }
  }
  for (int64_t c = whole; c < size; c++) {
    const float r = std::max(anchor[c] - other[c], 0.0f);
    products[0] += r * direction[c];
    squares[0] += r * r;
  }
  Sums sums = {0, 0};
  for (int lane = 0; lane < kLanes; lane++) {
    sums.product += products[lane];
    sums.square += squares[lane];
  }
  return sums;
}

// Adds one pair's share of the three gradients, over some channels.
GLIMPSE_VECTORISED void Pull(const float* __restrict anchor, const float* __restrict other,
                             const float* __restrict direction, float weight, float shrink,
                             float* __restrict anchor_gradient, float* __restrict other_gradient,
                             float* __restrict direction_gradient, int64_t size) {
  for (int64_t c = 0; c < size; c++) {
    const float r = std::max(anchor[c] - other[c], 0.0f);
    const float g = r > 0 ? weight * (direction[c] - shrink * r) : 0.0f;
    anchor_gradient[c] += g;
    other_gradient[c] -= g;
    direction_gradient[c] += weight * r;
  }
}

bool IndicesFit(const int32_t* indices, int64_t count, int64_t others) {
  return std::all_of(indices, indices + count, [&](int32_t index) { return index >= 0 && index < others; });
}

// anchors [B, R], others [U, R], directions [B, R], indices [B, n] → scores [B, n], inverse lengths [B, n]
void ComputeScores(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t batch = call.Size(0, 0), size = call.Size(0, 1), count = call.Size(3, 1);
  const float *anchors = call.Floats(0), *others = call.Floats(1), *directions = call.Floats(2);
  const int32_t* indices = call.Integers(3);
  const bool fits = call.Size(1, 1) == size && call.Count(2) == batch * size && call.Size(3, 0) == batch;
  if (!call.Require(fits, "relation scores need [B, R], [U, R], [B, R] and [B, n]")) return;
  if (!call.Require(IndicesFit(indices, batch * count, call.Size(1, 0)), "a relation points outside the others")) return;
  float* scores = call.Output(0, {batch, count});
  float* inverses = call.Output(1, {batch, count});
  if (scores == nullptr || inverses == nullptr) return;
  ParallelParts(batch, [&](int64_t first, int64_t last) {
    for (int64_t pair = first * count; pair < last * count; pair++) {
      const int64_t row = pair / count;
      const Sums sums = Relate(anchors + row * size, others + indices[pair] * size, directions + row * size, size);
      inverses[pair] = 1 / std::max(std::sqrt(sums.square), kSmallestLength);
      scores[pair] = sums.product * inverses[pair];
    }
  });
}

// score gradient, scores, inverse lengths [B, n], then the inputs of the scores → gradients of anchors, others, directions
void ComputeGradient(void*, TF_OpKernelContext* context) {
  Call call(context);
  const int64_t batch = call.Size(3, 0), size = call.Size(3, 1), count = call.Size(6, 1);
  const float *gradient = call.Floats(0), *scores = call.Floats(1), *inverses = call.Floats(2);
  const float *anchors = call.Floats(3), *others = call.Floats(4), *directions = call.Floats(5);
  const int32_t* indices = call.Integers(6);
  const bool fits = call.Count(0) == batch * count && call.Count(1) == batch * count && call.Count(2) == batch * count &&
                    call.Size(4, 1) == size && call.Count(5) == batch * size && call.Size(6, 0) == batch;
  if (!call.Require(fits, "the gradient of relation scores needs three [B, n], [B, R], [U, R], [B, R] and [B, n]")) return;
  if (!call.Require(IndicesFit(indices, batch * count, call.Size(4, 0)), "a relation points outside the others")) return;
  float* anchor_gradient = call.OutputLike(0, 3);
  float* other_gradient = call.OutputLike(1, 4);
  float* direction_gradient = call.OutputLike(2, 5);
  if (anchor_gradient == nullptr || other_gradient == nullptr || direction_gradient == nullptr) return;
  // By channels, not by rows: many rows point at the same other, whose gradient one thread alone may then add up.
  ParallelParts((size + kChannelBlock - 1) / kChannelBlock, [&](int64_t first, int64_t last) {
    const int64_t from = first * kChannelBlock, width = std::min(last * kChannelBlock, size) - from;
    if (width <= 0) return;
    const auto clear = [&](float* rows, int64_t number) {
      for (int64_t row = 0; row < number; row++) std::memset(rows + row * size + from, 0, width * sizeof(float));
    };
    clear(anchor_gradient, batch);
    clear(other_gradient, call.Size(4, 0));
    clear(direction_gradient, batch);
    for (int64_t pair = 0; pair < batch * count; pair++) {
      const int64_t row = pair / count * size + from, other = indices[pair] * size + from;
      const int64_t soon = indices[std::min(pair + kPairsAhead, batch * count - 1)] * size + from;
      for (int64_t c = 0; c < width; c += kLanes) {
        __builtin_prefetch(others + soon + c);
        __builtin_prefetch(other_gradient + soon + c, 1);
      }
      const float weight = gradient[pair] * inverses[pair], shrink = scores[pair] * inverses[pair];
      Pull(anchors + row, others + other, directions + row, weight, shrink, anchor_gradient + row,
           other_gradient + other, direction_gradient + row, width);
    }
  });
}

const bool registered = [] {
  glimpse::Register("GlimpseRelationScores", {"anchors: float", "others: float", "directions: float", "indices: int32"},
                    {"scores: float", "inverses: float"}, &ComputeScores);
  glimpse::Register("GlimpseRelationScoresGrad",
                    {"gradient: float", "scores: float", "inverses: float", "anchors: float", "others: float",
                     "directions: float", "indices: int32"},
                    {"anchor_gradient: float", "other_gradient: float", "direction_gradient: float"}, &ComputeGradient);
  return true;
}();

}  // namespace
