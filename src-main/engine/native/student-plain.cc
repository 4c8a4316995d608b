// The forward pass for whatever the compiler takes for granted.

#include "student-algorithms.h"
#include "student-plan.h"

#define GLIMPSE_LANES 4
#define GLIMPSE_ROWS 4
#define GLIMPSE_ISA plain
#include "student-forward.h"

namespace glimpse {

StudentKernel PlainStudentKernel() { return {plain::kPanel, plain::Scratch, plain::Embed}; }

}  // namespace glimpse
