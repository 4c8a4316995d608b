// The forward pass for processors with AVX2 and fused multiply-add.

#include "algorithms.h"
#include "plan.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2,fma")
#define GLIMPSE_LANES 8
#define GLIMPSE_ROWS 6
#define GLIMPSE_ISA avx2
#include "forward.h"

namespace glimpse {

StudentKernel Avx2StudentKernel() { return {"AVX2", avx2::kPanel, avx2::Scratch, avx2::Embed}; }

}  // namespace glimpse
#else
namespace glimpse {

StudentKernel Avx2StudentKernel() { return PlainStudentKernel(); }

}  // namespace glimpse
#endif
