// A folded student as the inference kernel sees it: its layers, and where the numbers of each lie, before and after packing.
#pragma once

#include <cstdint>
#include <vector>

namespace glimpse {

// How a convolution is computed: by tiles of a map (see algorithms.h), or pixel by pixel where its kernel is 1×1.
enum class Method { kFourByFour, kHalving, kTwoByTwo, kPixels };

// Where an array lies in the weights as JavaScript hands them over (the order of `FoldedNetwork`), and in the packed ones.
struct Part {
  int64_t raw = 0, packed = 0;
};

// Channels are padded to whole panels; a padded channel is zero throughout.
struct ConvolutionPlan {
  Method method;
  int64_t kernel, stride, size, out_size;
  int64_t inputs, outputs;                // channels as the network has them
  int64_t padded_inputs, padded_outputs;  // and as maps have them here
  Part weights, bias;
};

struct BlockPlan {
  Part scale, offset, slopes;
  bool projects;
  ConvolutionPlan first, second, projection;
};

struct StudentPlan {
  int64_t panel;  // columns of a packed panel of weights
  ConvolutionPlan stem;
  Part stem_slopes;
  std::vector<BlockPlan> blocks;
  Part head_scale, head_offset, head_weights, head_bias;
  int64_t last_size, last_channels, padded_last_channels, embedding, padded_embedding;
  int64_t raw_count, packed_count;
  // Most numbers of one face's map, and of one tile's products and sums.
  int64_t largest_map, largest_products;
};

// `program`: input size, stem channels, D, blocks, then per block its channels, its stride and whether it projects. False
// where those are not a network's.
bool MakeStudentPlan(const int32_t* program, int64_t length, int64_t panel, StudentPlan* plan);

// Weights → panels: convolutions transformed, the norm before the head folded in, everything padded.
void PackStudent(const StudentPlan& plan, const float* raw, float* packed);

// One instruction set's forward pass.
struct StudentKernel {
  const char* name;
  int64_t panel;
  // Numbers of scratch that `faces` faces at once need.
  int64_t (*scratch)(const StudentPlan& plan, int64_t faces);
  // pixels [faces, size, size, 3] → unit rows [faces, D].
  void (*embed)(const StudentPlan& plan, const float* packed, const float* pixels, int64_t faces, float* scratch,
                float* embeddings);
};

StudentKernel PlainStudentKernel();
StudentKernel Avx2StudentKernel();
StudentKernel Avx512StudentKernel();

}  // namespace glimpse
