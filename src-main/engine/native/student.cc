// Embeddings of a folded student: its weights packed once, then whole batches of faces in one call.

#include <algorithm>
#include <atomic>
#include <memory>
#include <new>

#include "kernel.h"
#include "student-plan.h"

namespace {

using glimpse::Call;
using glimpse::StudentKernel;
using glimpse::StudentPlan;

// Faces whose tiles fill a product of the deepest maps; fewer where their maps would take more than this much memory.
constexpr int64_t kMostFaces = 48;
constexpr int64_t kMostMapNumbers = 32 << 20;

const StudentKernel& BestKernel() {
  static const StudentKernel best = [] {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f")) return glimpse::Avx512StudentKernel();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return glimpse::Avx2StudentKernel();
#endif
    return glimpse::PlainStudentKernel();
  }();
  return best;
}

bool ReadPlan(Call& call, StudentPlan* plan) {
  return call.Require(MakeStudentPlan(call.Integers(0), call.Count(0), BestKernel().panel, plan),
                      "this program is not a student's");
}

// program [...], weights [...] → packed [...]
void ComputePacked(void*, TF_OpKernelContext* context) {
  Call call(context);
  StudentPlan plan;
  if (!ReadPlan(call, &plan)) return;
  if (!call.Require(call.Count(1) == plan.raw_count, "these weights are not those of the student's program")) return;
  float* packed = call.Output(0, {plan.packed_count});
  if (packed != nullptr) PackStudent(plan, call.Floats(1), packed);
}

// program [...], packed [...], pixels [B, size, size, 3] → unit rows [B, D]
void ComputeEmbeddings(void*, TF_OpKernelContext* context) {
  Call call(context);
  StudentPlan plan;
  if (!ReadPlan(call, &plan)) return;
  const int64_t faces = call.Size(2, 0), pixels_per_face = plan.stem.size * plan.stem.size * 3;
  const bool fits = call.Count(1) == plan.packed_count && call.Count(2) == faces * pixels_per_face;
  if (!call.Require(fits, "a student needs its packed weights and faces of its input's size")) return;
  const float *packed = call.Floats(1), *pixels = call.Floats(2);
  float* embeddings = call.Output(0, {faces, plan.embedding});
  if (embeddings == nullptr) return;

  const StudentKernel& kernel = BestKernel();
  const int64_t threads = glimpse::ThreadCount();
  // As many faces at once as may be, and the same number for every thread.
  const int64_t most = std::clamp<int64_t>(kMostMapNumbers / (3 * plan.largest_map), 1, kMostFaces);
  const int64_t turns = (faces + most * threads - 1) / (most * threads);
  const int64_t portion = std::max<int64_t>(1, (faces + turns * threads - 1) / (turns * threads));
  const int64_t portions = (faces + portion - 1) / portion;
  std::atomic<int64_t> next{0};
  std::atomic<bool> has_memory{true};
  glimpse::ParallelParts(std::min(threads, portions), [&](int64_t, int64_t) {
    const std::unique_ptr<float[]> scratch(new (std::nothrow) float[kernel.scratch(plan, portion)]);
    if (scratch == nullptr) has_memory = false;
    for (int64_t first; has_memory && (first = portion * next++) < faces;) {
      const int64_t count = std::min(portion, faces - first);
      kernel.embed(plan, packed, pixels + first * pixels_per_face, count, scratch.get(), embeddings + first * plan.embedding);
    }
  });
  call.Require(has_memory, "there is no memory for a batch of this size");
}

const bool registered = [] {
  glimpse::Register("GlimpsePackStudent", {"program: int32", "weights: float"}, {"packed: float"}, &ComputePacked);
  glimpse::Register("GlimpseEmbedFaces", {"program: int32", "packed: float", "pixels: float"}, {"embeddings: float"},
                    &ComputeEmbeddings);
  return true;
}();

}  // namespace
