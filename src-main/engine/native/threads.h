// Work shared out over threads.
#pragma once

#include <cstdint>
#include <functional>

namespace glimpse {

// Threads that share a kernel's work: what a person has chosen for TensorFlow, or as many as the machine has.
int64_t ThreadCount();

// Runs body(first, last) over consecutive parts of 0 … count − 1, one per thread. The parts depend on count and the number
// of threads alone, so that sums come out the same every time.
void ParallelParts(int64_t count, const std::function<void(int64_t, int64_t)>& body);

}  // namespace glimpse
