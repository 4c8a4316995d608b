// Weights of a folded student in the form in which the forward pass reads them.

#include <vector>

#include "algorithms.h"
#include "plan.h"

namespace glimpse {
namespace {

// A matrix [rows, columns] in panels of whole columns: [columns / panel][rows][panel], whatever is beyond left as zeros.
class Panels {
 public:
  Panels(float* to, int64_t rows, int64_t panel) : to_(to), rows_(rows), panel_(panel) {}
  float& At(int64_t row, int64_t column) { return to_[(column / panel_ * rows_ + row) * panel_ + column % panel_]; }

 private:
  float* to_;
  int64_t rows_, panel_;
};

// [3, 3, inputs, outputs] → one matrix a product.
template <typename Algorithm>
void PackTiles(const ConvolutionPlan& plan, int64_t panel, const float* weights, float* packed) {
  constexpr int kProducts = Algorithm::kProducts;
  const int64_t matrix = plan.padded_inputs * plan.padded_outputs, taps = plan.inputs * plan.outputs;
  for (int row = 0; row < kProducts; row++) {
    for (int column = 0; column < kProducts; column++) {
      Panels panels(packed + (row * kProducts + column) * matrix, plan.padded_inputs, panel);
      double factors[9];
      for (int tap = 0; tap < 9; tap++)
        factors[tap] = double{Algorithm::kWeights[row][tap / 3]} * double{Algorithm::kWeights[column][tap % 3]};
      for (int64_t input = 0; input < plan.inputs; input++) {
        for (int64_t output = 0; output < plan.outputs; output++) {
          double sum = 0;
          for (int tap = 0; tap < 9; tap++) sum += factors[tap] * weights[tap * taps + input * plan.outputs + output];
          panels.At(input, output) = static_cast<float>(sum);
        }
      }
    }
  }
}

void PackPixels(const ConvolutionPlan& plan, int64_t panel, const float* weights, float* packed) {
  Panels panels(packed, plan.padded_inputs, panel);
  for (int64_t input = 0; input < plan.inputs; input++)
    for (int64_t output = 0; output < plan.outputs; output++)
      panels.At(input, output) = weights[input * plan.outputs + output];
}

class Packer {
 public:
  Packer(const StudentPlan& plan, const float* raw, float* packed) : plan_(plan), raw_(raw), packed_(packed) {}

  void Vector(const Part& part, int64_t count) {
    for (int64_t at = 0; at < count; at++) packed_[part.packed + at] = raw_[part.raw + at];
  }

  void Convolution(const ConvolutionPlan& plan) {
    const float* weights = raw_ + plan.weights.raw;
    float* packed = packed_ + plan.weights.packed;
    switch (plan.method) {
      case Method::kFourByFour: PackTiles<FourByFour>(plan, plan_.panel, weights, packed); break;
      case Method::kHalving: PackTiles<Halving>(plan, plan_.panel, weights, packed); break;
      case Method::kTwoByTwo: PackTiles<TwoByTwo>(plan, plan_.panel, weights, packed); break;
      case Method::kPixels: PackPixels(plan, plan_.panel, weights, packed); break;
    }
    Vector(plan.bias, plan.outputs);
  }

  // Rows of the matrix take their channel's scale, and their offsets join the bias.
  void Head() {
    const int64_t channels = plan_.last_channels, pixels = plan_.last_size * plan_.last_size, columns = plan_.embedding;
    const float *scale = raw_ + plan_.head_scale.raw, *offset = raw_ + plan_.head_offset.raw;
    const float *weights = raw_ + plan_.head_weights.raw, *bias = raw_ + plan_.head_bias.raw;
    std::vector<double> sums(bias, bias + columns);
    Panels panels(packed_ + plan_.head_weights.packed, pixels * plan_.padded_last_channels, plan_.panel);
    for (int64_t pixel = 0; pixel < pixels; pixel++) {
      for (int64_t channel = 0; channel < channels; channel++, weights += columns) {
        for (int64_t column = 0; column < columns; column++) {
          panels.At(pixel * plan_.padded_last_channels + channel, column) = weights[column] * scale[channel];
          sums[column] += double{weights[column]} * double{offset[channel]};
        }
      }
    }
    for (int64_t column = 0; column < columns; column++)
      packed_[plan_.head_bias.packed + column] = static_cast<float>(sums[column]);
  }

 private:
  const StudentPlan& plan_;
  const float* raw_;
  float* packed_;
};

}  // namespace

void PackStudent(const StudentPlan& plan, const float* raw, float* packed) {
  for (int64_t at = 0; at < plan.packed_count; at++) packed[at] = 0;
  Packer packer(plan, raw, packed);
  packer.Convolution(plan.stem);
  packer.Vector(plan.stem_slopes, plan.stem.outputs);
  for (const BlockPlan& block : plan.blocks) {
    packer.Vector(block.scale, block.first.inputs);
    packer.Vector(block.offset, block.first.inputs);
    packer.Convolution(block.first);
    packer.Vector(block.slopes, block.first.outputs);
    packer.Convolution(block.second);
    if (block.projects) packer.Convolution(block.projection);
  }
  packer.Head();
}

}  // namespace glimpse
