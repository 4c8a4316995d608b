// 3×3 convolutions of tiles by fewer products (Winograd 1980; Lavin & Gray 2016), in one dimension; the kernel applies each
// to rows and to columns. y = Output((Weights · w) ⊙ Input(x)). Value is a number or a vector of them.
#pragma once

#include "plan.h"

namespace glimpse {

// F(4, 3) of Lavin & Gray: six products for four pixels, where taps one by one take twelve.
struct FourByFour {
  static constexpr int kInputs = 6, kProducts = 6, kOutputs = 4, kStep = 4;
  static constexpr float kWeights[kProducts][3] = {
      {1 / 4.0f, 0, 0},
      {-1 / 6.0f, -1 / 6.0f, -1 / 6.0f},
      {-1 / 6.0f, 1 / 6.0f, -1 / 6.0f},
      {1 / 24.0f, 1 / 12.0f, 1 / 6.0f},
      {1 / 24.0f, -1 / 12.0f, 1 / 6.0f},
      {0, 0, 1},
  };
  template <typename Value>
  static inline __attribute__((always_inline)) void Input(const Value* x, Value* p) {
    const Value outer = x[4] - 4 * x[2], inner = x[3] - 4 * x[1];
    const Value even = x[4] - x[2], odd = 2 * (x[3] - x[1]);
    p[0] = 4 * x[0] - 5 * x[2] + x[4];
    p[1] = outer + inner;
    p[2] = outer - inner;
    p[3] = even + odd;
    p[4] = even - odd;
    p[5] = 4 * x[1] - 5 * x[3] + x[5];
  }
  template <typename Value>
  static inline __attribute__((always_inline)) void Output(const Value* p, Value* y) {
    const Value sum = p[1] + p[2], difference = p[1] - p[2];
    const Value wide_sum = p[3] + p[4], wide_difference = p[3] - p[4];
    y[0] = p[0] + sum + wide_sum;
    y[1] = difference + 2 * wide_difference;
    y[2] = sum + 4 * wide_sum;
    y[3] = difference + 8 * wide_difference + p[5];
  }
};

// Stride 2: the even pixels are a two-tap filter with three products for two pixels, the odd ones two more; five replace six.
struct Halving {
  static constexpr int kInputs = 5, kProducts = 5, kOutputs = 2, kStep = 4;
  static constexpr float kWeights[kProducts][3] = {{1, 0, 0}, {1, 0, 1}, {0, 0, 1}, {0, 1, 0}, {0, 1, 0}};
  template <typename Value>
  static inline __attribute__((always_inline)) void Input(const Value* x, Value* p) {
    p[0] = x[0] - x[2];
    p[1] = x[2];
    p[2] = x[2] - x[4];
    p[3] = x[1];
    p[4] = x[3];
  }
  template <typename Value>
  static inline __attribute__((always_inline)) void Output(const Value* p, Value* y) {
    y[0] = p[0] + p[1] + p[3];
    y[1] = p[1] - p[2] + p[4];
  }
};

// A map of 2×2 as a whole: y₀ = w₁x₀ + w₂x₁, y₁ = w₀x₀ + w₁x₁, and nothing beyond; three products replace four.
struct TwoByTwo {
  static constexpr int kInputs = 2, kProducts = 3, kOutputs = 2, kStep = 2;
  static constexpr float kWeights[kProducts][3] = {{1, -1, 0}, {0, 1, 0}, {0, -1, 1}};
  template <typename Value>
  static inline __attribute__((always_inline)) void Input(const Value* x, Value* p) {
    p[0] = x[0];
    p[1] = x[0] + x[1];
    p[2] = x[1];
  }
  template <typename Value>
  static inline __attribute__((always_inline)) void Output(const Value* p, Value* y) {
    y[0] = p[1] + p[2];
    y[1] = p[0] + p[1];
  }
};

inline int64_t ProductsOf(Method method) {
  switch (method) {
    case Method::kFourByFour: return FourByFour::kProducts;
    case Method::kHalving: return Halving::kProducts;
    case Method::kTwoByTwo: return TwoByTwo::kProducts;
    case Method::kPixels: return 1;
  }
  return 1;
}

}  // namespace glimpse
