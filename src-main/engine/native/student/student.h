// A folded student ready to embed faces.
#pragma once

#include <memory>

#include "plan.h"

namespace glimpse {

class Student {
 public:
  // The instruction set that this machine's best forward pass is for.
  static const char* KernelName();

  // Packs the weights; null and the `problem` where `program` is not a network's, the weights are not its own, or memory is short.
  static std::shared_ptr<const Student> Make(const int32_t* program, int64_t length, const float* weights, int64_t count,
                                             const char** problem);

  int64_t numbers_per_face() const { return plan_.stem.size * plan_.stem.size * 3; }
  int64_t embedding() const { return plan_.embedding; }

  // pixels [faces, size, size, 3] → unit rows [faces, D], on all threads. The numbers of a face do not depend on which
  // faces come with it. False where there is no memory for it.
  bool Embed(const float* pixels, int64_t faces, float* embeddings) const;

 private:
  Student() = default;

  StudentPlan plan_;
  std::unique_ptr<float[]> packed_;
};

}  // namespace glimpse
