// Layers and places of a folded student's numbers.

#include "plan.h"

#include <algorithm>

#include "algorithms.h"

namespace glimpse {
namespace {

constexpr int64_t kColours = 3;
constexpr int64_t kHeader = 4;
constexpr int64_t kPerBlock = 3;
constexpr int64_t kMostSide = 1024, kMostChannels = 1 << 14, kMostBlocks = 1 << 10;

int64_t RoundUp(int64_t count, int64_t to) { return (count + to - 1) / to * to; }

Method MethodOf(int64_t kernel, int64_t stride, int64_t size) {
  if (kernel == 1) return Method::kPixels;
  if (stride == 2) return Method::kHalving;
  return size == 2 ? Method::kTwoByTwo : Method::kFourByFour;
}

// Gives out places one after the other.
class Places {
 public:
  Part Take(int64_t raw, int64_t packed) {
    const Part part = {raw_, packed_};
    raw_ += raw;
    packed_ += packed;
    return part;
  }
  int64_t raw() const { return raw_; }
  int64_t packed() const { return packed_; }

 private:
  int64_t raw_ = 0, packed_ = 0;
};

}  // namespace

bool MakeStudentPlan(const int32_t* program, int64_t length, int64_t panel, StudentPlan* plan) {
  const auto within = [](int64_t value, int64_t most) { return value >= 1 && value <= most; };
  if (length < kHeader) return false;
  int64_t size = program[0], channels = program[1];
  const int64_t embedding = program[2], blocks = program[3];
  if (!within(size, kMostSide) || !within(channels, kMostChannels) || !within(embedding, kMostChannels) ||
      !within(blocks, kMostBlocks) || length != kHeader + blocks * kPerBlock)
    return false;

  Places places;
  const auto vector_of = [&](int64_t count) { return places.Take(count, RoundUp(count, panel)); };
  const auto convolution = [&](int64_t kernel, int64_t stride, int64_t inputs, int64_t outputs) {
    ConvolutionPlan made = {};
    made.method = MethodOf(kernel, stride, size);
    made.kernel = kernel;
    made.stride = stride;
    made.size = size;
    made.out_size = (size + stride - 1) / stride;
    made.inputs = inputs;
    made.outputs = outputs;
    made.padded_inputs = RoundUp(inputs, panel);
    made.padded_outputs = RoundUp(outputs, panel);
    const int64_t matrices = made.method == Method::kPixels ? 1 : ProductsOf(made.method) * ProductsOf(made.method);
    made.weights = places.Take(kernel * kernel * inputs * outputs, matrices * made.padded_inputs * made.padded_outputs);
    made.bias = vector_of(outputs);
    plan->largest_map = std::max(plan->largest_map, made.out_size * made.out_size * made.padded_outputs);
    plan->largest_products = std::max(plan->largest_products, matrices * std::max(made.padded_inputs, made.padded_outputs));
    return made;
  };

  *plan = StudentPlan{};
  plan->panel = panel;
  plan->embedding = embedding;
  plan->padded_embedding = RoundUp(embedding, panel);
  // The stem's rows are patches, not pixels: a plain product of depth 27.
  plan->stem = convolution(1, 1, 3 * 3 * kColours, channels);
  plan->stem_slopes = vector_of(channels);
  for (int64_t index = 0; index < blocks; index++) {
    const int32_t* row = program + kHeader + index * kPerBlock;
    const int64_t outputs = row[0], stride = row[1];
    if (!within(outputs, kMostChannels) || (stride != 1 && stride != 2)) return false;
    BlockPlan block = {};
    block.scale = vector_of(channels);
    block.offset = vector_of(channels);
    block.first = convolution(3, 1, channels, outputs);
    block.slopes = vector_of(outputs);
    block.second = convolution(3, stride, outputs, outputs);
    block.projects = row[2] != 0;
    if (!block.projects && (stride != 1 || outputs != channels)) return false;
    if (block.projects) block.projection = convolution(1, stride, channels, outputs);
    size = block.second.out_size;
    channels = outputs;
    plan->blocks.push_back(block);
  }
  plan->last_size = size;
  plan->last_channels = channels;
  plan->padded_last_channels = RoundUp(channels, panel);
  plan->head_scale = vector_of(channels);
  plan->head_offset = vector_of(channels);
  const int64_t pixels = size * size;
  plan->head_weights = places.Take(pixels * channels * embedding, pixels * plan->padded_last_channels * plan->padded_embedding);
  plan->head_bias = vector_of(embedding);
  plan->raw_count = places.raw();
  plan->packed_count = places.packed();
  return true;
}

}  // namespace glimpse
