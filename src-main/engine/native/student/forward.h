// The forward pass of a folded student, once per instruction set: the file that includes this says GLIMPSE_LANES (numbers in
// a vector), GLIMPSE_ROWS (rows of a product at once) and GLIMPSE_ISA (its namespace). No function of the standard library
// is called here but what is always inlined (a vector's begin and end): the linker keeps one copy for all instruction sets.

#include "algorithms.h"
#include "plan.h"

namespace glimpse {
namespace GLIMPSE_ISA {

constexpr int kLanes = GLIMPSE_LANES, kRows = GLIMPSE_ROWS, kPanel = 2 * kLanes;
// Tiles, pixels or faces that go through a product together: a multiple of every kRows, and few enough for the caches.
constexpr int64_t kTilesAtOnce = 48;
// Numbers between one product's matrix and the next: without them a tile's products would share one set of the first cache.
constexpr int64_t kApart = 16;
constexpr int64_t kColours = 3, kPatch = 9 * kColours;
constexpr float kSmallestLength = 1e-12f;

typedef float Vector __attribute__((vector_size(GLIMPSE_LANES * 4)));
typedef float Unaligned __attribute__((vector_size(GLIMPSE_LANES * 4), aligned(4), may_alias));

static inline __attribute__((always_inline)) Vector Load(const float* from) { return *reinterpret_cast<const Unaligned*>(from); }
static inline __attribute__((always_inline)) void Store(float* to, Vector value) { *reinterpret_cast<Unaligned*>(to) = value; }

// sums [kRows, kPanel] = left [kRows, depth] · panel [depth, kPanel]
static inline __attribute__((always_inline)) void MultiplyTile(const float* left, int64_t depth, const float* panel,
                                                               float* sums, int64_t columns) {
  Vector low[kRows] = {}, high[kRows] = {};
  for (int64_t at = 0; at < depth; at++, panel += kPanel) {
    const Vector panel_low = Load(panel), panel_high = Load(panel + kLanes);
#pragma GCC unroll 16
    for (int row = 0; row < kRows; row++) {
      const float factor = left[row * depth + at];
      low[row] += factor * panel_low;
      high[row] += factor * panel_high;
    }
  }
#pragma GCC unroll 16
  for (int row = 0; row < kRows; row++) {
    Store(sums + row * columns, low[row]);
    Store(sums + row * columns + kLanes, high[row]);
  }
}

// sums [rows, columns] = left [rows, depth] · panels; rows are rounded up to kRows, so both have room for those.
static void Multiply(const float* left, int64_t rows, int64_t depth, const float* panels, int64_t columns, float* sums) {
  for (int64_t column = 0; column < columns; column += kPanel)
    for (int64_t row = 0; row < rows; row += kRows)
      MultiplyTile(left + row * depth, depth, panels + column * depth, sums + row * columns + column, columns);
}

// What comes after a convolution's bias: a PReLU, the sum with what is there already, or nothing.
enum class After { kPrelu, kSum, kNothing };
struct Finish {
  After after;
  const float* bias;
  const float* slopes;  // of the PReLU
};

static inline __attribute__((always_inline)) void StoreFinished(float* to, Vector sum, const Finish& finish, int64_t channel) {
  sum += Load(finish.bias + channel);
  if (finish.after == After::kSum) sum += Load(to);
  if (finish.after == After::kPrelu) {
    const Vector scaled = sum * Load(finish.slopes + channel);
    sum = sum > 0 ? sum : scaled;
  }
  Store(to, sum);
}

struct Affine {
  const float* scale;  // null: as it is
  const float* offset;
};

template <typename Algorithm>
class Tiles {
 public:
  Tiles(const ConvolutionPlan& plan, const Affine& affine, const Finish& finish)
      : plan_(plan), affine_(affine), finish_(finish), side_((plan.out_size + kOutputs - 1) / kOutputs),
        before_(PaddingBefore(plan)) {}

  // in [faces, size, size, inputs] → out [faces, out_size, out_size, outputs]
  void Run(const float* weights, const float* in, int64_t faces, float* scratch, float* out) const {
    const int64_t tiles = faces * side_ * side_, inputs = plan_.padded_inputs, outputs = plan_.padded_outputs;
    float* products = scratch;
    float* sums = scratch + kMatrices * Matrix(inputs);
    for (int64_t first = 0; first < tiles; first += kTilesAtOnce) {
      const int64_t count = tiles - first < kTilesAtOnce ? tiles - first : kTilesAtOnce;
      for (int64_t tile = 0; tile < count; tile++) ReadTile(in, first + tile, products + tile * inputs);
      for (int matrix = 0; matrix < kMatrices; matrix++)
        Multiply(products + matrix * Matrix(inputs), count, inputs, weights + matrix * inputs * outputs, outputs,
                 sums + matrix * Matrix(outputs));
      for (int64_t tile = 0; tile < count; tile++) WriteTile(sums + tile * outputs, first + tile, out);
    }
  }

 private:
  static constexpr int kInputs = Algorithm::kInputs, kProducts = Algorithm::kProducts, kOutputs = Algorithm::kOutputs;
  static constexpr int kMatrices = kProducts * kProducts;

  static int64_t Matrix(int64_t channels) { return kTilesAtOnce * channels + kApart; }

  // TensorFlow's SAME padding; an algorithm for whole maps has none.
  static int64_t PaddingBefore(const ConvolutionPlan& plan) {
    if (plan.method == Method::kTwoByTwo) return 0;
    const int64_t all = (plan.out_size - 1) * plan.stride + 3 - plan.size;
    return all > 0 ? all / 2 : 0;
  }

  void ReadTile(const float* in, int64_t tile, float* products) const {
    const int64_t size = plan_.size, channels = plan_.padded_inputs, per_face = side_ * side_;
    const int64_t top = tile % per_face / side_ * Algorithm::kStep - before_;
    const int64_t left = tile % side_ * Algorithm::kStep - before_;
    const float* face = in + tile / per_face * size * size * channels;
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      const Vector scale = affine_.scale == nullptr ? Vector{} + 1 : Load(affine_.scale + channel);
      const Vector offset = affine_.scale == nullptr ? Vector{} : Load(affine_.offset + channel);
      Vector half[kProducts][kInputs];
      for (int column = 0; column < kInputs; column++) {
        Vector values[kInputs], results[kProducts];
        const int64_t x = left + column;
        for (int row = 0; row < kInputs; row++) {
          const int64_t y = top + row;
          const bool is_inside = x >= 0 && x < size && y >= 0 && y < size;
          values[row] = is_inside ? Load(face + (y * size + x) * channels + channel) * scale + offset : Vector{};
        }
        Algorithm::Input(values, results);
        for (int row = 0; row < kProducts; row++) half[row][column] = results[row];
      }
      for (int row = 0; row < kProducts; row++) {
        Vector results[kProducts];
        Algorithm::Input(half[row], results);
        for (int column = 0; column < kProducts; column++)
          Store(products + (row * kProducts + column) * Matrix(channels) + channel, results[column]);
      }
    }
  }

  void WriteTile(const float* sums, int64_t tile, float* out) const {
    const int64_t size = plan_.out_size, channels = plan_.padded_outputs, per_face = side_ * side_;
    const int64_t top = tile % per_face / side_ * kOutputs, left = tile % side_ * kOutputs;
    float* face = out + tile / per_face * size * size * channels;
    for (int64_t channel = 0; channel < channels; channel += kLanes) {
      Vector half[kOutputs][kProducts];
      for (int column = 0; column < kProducts; column++) {
        Vector values[kProducts], results[kOutputs];
        for (int row = 0; row < kProducts; row++)
          values[row] = Load(sums + (row * kProducts + column) * Matrix(channels) + channel);
        Algorithm::Output(values, results);
        for (int row = 0; row < kOutputs; row++) half[row][column] = results[row];
      }
      for (int row = 0; row < kOutputs && top + row < size; row++) {
        Vector results[kOutputs];
        Algorithm::Output(half[row], results);
        for (int column = 0; column < kOutputs && left + column < size; column++)
          StoreFinished(face + ((top + row) * size + left + column) * channels + channel, results[column], finish_, channel);
      }
    }
  }

  const ConvolutionPlan& plan_;
  const Affine affine_;
  const Finish finish_;
  const int64_t side_, before_;
};

// The stem's patches or a shortcut's pixels, kTilesAtOnce rows at a time. `read(row, to)` writes one row.
template <typename Read>
static void RunPixels(const ConvolutionPlan& plan, const float* weights, const Finish& finish, int64_t rows,
                      const Read& read, float* scratch, float* out) {
  const int64_t depth = plan.padded_inputs, channels = plan.padded_outputs;
  float* sums = scratch + kTilesAtOnce * depth;
  for (int64_t first = 0; first < rows; first += kTilesAtOnce) {
    const int64_t count = rows - first < kTilesAtOnce ? rows - first : kTilesAtOnce;
    for (int64_t row = 0; row < count; row++) read(first + row, scratch + row * depth);
    Multiply(scratch, count, depth, weights, channels, sums);
    for (int64_t row = 0; row < count; row++) {
      for (int64_t channel = 0; channel < channels; channel += kLanes) {
        StoreFinished(out + (first + row) * channels + channel, Load(sums + row * channels + channel), finish, channel);
      }
    }
  }
}

class Forward {
 public:
  Forward(const StudentPlan& plan, const float* packed, int64_t faces, float* scratch)
      : plan_(plan), packed_(packed), faces_(faces), scratch_(scratch + 3 * faces * plan.largest_map) {
    for (int number = 0; number < 3; number++) maps_[number] = scratch + number * faces * plan.largest_map;
  }

  void Run(const float* pixels, float* embeddings) {
    Stem(pixels, maps_[0]);
    for (const BlockPlan& block : plan_.blocks) Block(block);
    Head(embeddings);
  }

 private:
  const float* At(const Part& part) const { return packed_ + part.packed; }

  void Stem(const float* pixels, float* out) {
    const ConvolutionPlan& stem = plan_.stem;
    const int64_t size = stem.size;
    const auto read = [&](int64_t pixel, float* to) {
      const int64_t x = pixel % size, y = pixel / size % size;
      const float* face = pixels + pixel / (size * size) * size * size * kColours;
      for (int64_t tap = 0; tap < 9; tap++) {
        const int64_t row = y + tap / 3 - 1, column = x + tap % 3 - 1;
        const bool is_inside = row >= 0 && row < size && column >= 0 && column < size;
        for (int64_t colour = 0; colour < kColours; colour++)
          to[tap * kColours + colour] = is_inside ? face[(row * size + column) * kColours + colour] : 0;
      }
      for (int64_t beyond = kPatch; beyond < stem.padded_inputs; beyond++) to[beyond] = 0;
    };
    const Finish finish = {After::kPrelu, At(stem.bias), At(plan_.stem_slopes)};
    RunPixels(stem, At(stem.weights), finish, faces_ * size * size, read, scratch_, out);
  }

  void Block(const BlockPlan& block) {
    const Finish prelu = {After::kPrelu, At(block.first.bias), At(block.slopes)};
    Convolve(block.first, {At(block.scale), At(block.offset)}, prelu, maps_[0], maps_[1]);
    if (block.projects) {
      Project(block.projection, maps_[0], maps_[2]);
      float* swapped = maps_[0];
      maps_[0] = maps_[2];
      maps_[2] = swapped;
    }
    Convolve(block.second, {nullptr, nullptr}, {After::kSum, At(block.second.bias), nullptr}, maps_[1], maps_[0]);
  }

  void Convolve(const ConvolutionPlan& plan, const Affine& affine, const Finish& finish, const float* in, float* out) {
    const float* weights = At(plan.weights);
    switch (plan.method) {
      case Method::kFourByFour: Tiles<FourByFour>(plan, affine, finish).Run(weights, in, faces_, scratch_, out); break;
      case Method::kHalving: Tiles<Halving>(plan, affine, finish).Run(weights, in, faces_, scratch_, out); break;
      case Method::kTwoByTwo: Tiles<TwoByTwo>(plan, affine, finish).Run(weights, in, faces_, scratch_, out); break;
      case Method::kPixels: break;
    }
  }

  void Project(const ConvolutionPlan& plan, const float* in, float* out) {
    const int64_t side = plan.out_size, channels = plan.padded_inputs;
    const auto read = [&](int64_t pixel, float* to) {
      const int64_t x = pixel % side * plan.stride, y = pixel / side % side * plan.stride;
      const float* from = in + ((pixel / (side * side) * plan.size + y) * plan.size + x) * channels;
      for (int64_t channel = 0; channel < channels; channel += kLanes) Store(to + channel, Load(from + channel));
    };
    RunPixels(plan, At(plan.weights), {After::kNothing, At(plan.bias), nullptr}, faces_ * side * side, read, scratch_, out);
  }

  // Rows of unit length; one shorter than kSmallestLength is divided by that.
  void Head(float* embeddings) {
    const int64_t depth = plan_.last_size * plan_.last_size * plan_.padded_last_channels;
    // Not into another map: rows are rounded up, and what follows that one may be the map that is read.
    Multiply(maps_[0], faces_, depth, At(plan_.head_weights), plan_.padded_embedding, scratch_);
    const float* bias = At(plan_.head_bias);
    for (int64_t face = 0; face < faces_; face++) {
      float* to = embeddings + face * plan_.embedding;
      const float* sums = scratch_ + face * plan_.padded_embedding;
      double squares = 0;
      for (int64_t column = 0; column < plan_.embedding; column++) {
        to[column] = sums[column] + bias[column];
        squares += double{to[column]} * to[column];
      }
      const float length = static_cast<float>(__builtin_sqrt(squares));
      for (int64_t column = 0; column < plan_.embedding; column++) to[column] /= length > kSmallestLength ? length : kSmallestLength;
    }
  }

  const StudentPlan& plan_;
  const float* packed_;
  const int64_t faces_;
  float* maps_[3];
  float* scratch_;
};

static int64_t Scratch(const StudentPlan& plan, int64_t faces) {
  const int64_t apart = kApart * FourByFour::kProducts * FourByFour::kProducts;
  const int64_t products = 2 * (kTilesAtOnce * plan.largest_products + apart);
  const int64_t rows = (faces + kRows) * plan.padded_embedding;
  // The head's rows, rounded up, read that far beyond the last map.
  const int64_t beyond = kRows * plan.largest_map;
  return 3 * faces * plan.largest_map + (products > rows ? products : rows) + beyond;
}

static void Embed(const StudentPlan& plan, const float* packed, const float* pixels, int64_t faces, float* scratch,
                  float* embeddings) {
  Forward(plan, packed, faces, scratch).Run(pixels, embeddings);
}

}  // namespace GLIMPSE_ISA
}  // namespace glimpse
