// The machine's best forward pass, and faces shared out over threads.

#include "student.h"

#include <algorithm>
#include <atomic>
#include <new>

#include "../threads.h"

namespace glimpse {
namespace {

// Faces whose tiles fill a product of the deepest maps; fewer where their maps would take more than this much memory.
constexpr int64_t kMostFaces = 48;
constexpr int64_t kMostMapNumbers = 32 << 20;

const StudentKernel& BestKernel() {
  static const StudentKernel best = [] {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f")) return Avx512StudentKernel();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Avx2StudentKernel();
#endif
    return PlainStudentKernel();
  }();
  return best;
}

std::unique_ptr<float[]> Numbers(int64_t count) { return std::unique_ptr<float[]>(new (std::nothrow) float[count]); }

}  // namespace

const char* Student::KernelName() { return BestKernel().name; }

std::shared_ptr<const Student> Student::Make(const int32_t* program, int64_t length, const float* weights, int64_t count,
                                             const char** problem) {
  const std::shared_ptr<Student> student(new Student);
  *problem = "this program is not a student's";
  if (!MakeStudentPlan(program, length, BestKernel().panel, &student->plan_)) return nullptr;
  *problem = "these weights are not those of the student's program";
  if (student->plan_.raw_count != count) return nullptr;
  *problem = "there is no memory for a student of this size";
  student->packed_ = Numbers(student->plan_.packed_count);
  if (student->packed_ == nullptr) return nullptr;
  PackStudent(student->plan_, weights, student->packed_.get());
  return student;
}

bool Student::Embed(const float* pixels, int64_t faces, float* embeddings) const {
  const StudentKernel& kernel = BestKernel();
  const int64_t threads = ThreadCount();
  // As many faces at once as may be, and the same number for every thread.
  const int64_t most = std::clamp<int64_t>(kMostMapNumbers / (3 * plan_.largest_map), 1, kMostFaces);
  const int64_t turns = (faces + most * threads - 1) / (most * threads);
  const int64_t portion = std::max<int64_t>(1, (faces + turns * threads - 1) / std::max<int64_t>(1, turns * threads));
  const int64_t portions = (faces + portion - 1) / portion;
  std::atomic<int64_t> next{0};
  std::atomic<bool> has_memory{true};
  ParallelParts(std::min(threads, portions), [&](int64_t, int64_t) {
    const std::unique_ptr<float[]> scratch = Numbers(kernel.scratch(plan_, portion));
    if (scratch == nullptr) has_memory = false;
    for (int64_t first; has_memory && (first = portion * next++) < faces;) {
      const int64_t count = std::min(portion, faces - first);
      kernel.embed(plan_, packed_.get(), pixels + first * numbers_per_face(), count, scratch.get(),
                   embeddings + first * embedding());
    }
  });
  return has_memory;
}

}  // namespace glimpse
