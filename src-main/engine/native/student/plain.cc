// The forward pass for whatever the compiler takes for granted.

#include "algorithms.h"
#include "plan.h"

#define GLIMPSE_LANES 4
#define GLIMPSE_ROWS 4
#define GLIMPSE_ISA plain
#include "forward.h"

namespace glimpse {

StudentKernel PlainStudentKernel() { return {"baseline", plain::kPanel, plain::Scratch, plain::Embed}; }

}  // namespace glimpse
