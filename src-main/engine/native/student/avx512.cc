// The forward pass for processors with AVX-512.

#include "algorithms.h"
#include "plan.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx512f")
#define GLIMPSE_LANES 16
#define GLIMPSE_ROWS 8
#define GLIMPSE_ISA avx512
#include "forward.h"

namespace glimpse {

StudentKernel Avx512StudentKernel() { return {"AVX-512", avx512::kPanel, avx512::Scratch, avx512::Embed}; }

}  // namespace glimpse
#else
namespace glimpse {

StudentKernel Avx512StudentKernel() { return PlainStudentKernel(); }

}  // namespace glimpse
#endif
