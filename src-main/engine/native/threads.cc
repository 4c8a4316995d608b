// The threads that kernels share.

#include "threads.h"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace glimpse {
namespace {

constexpr int64_t kMostThreads = 16;

// Threads that wait for parts of work; made on first use, never ended (a process ends without them).
class Pool {
 public:
  explicit Pool(int64_t workers) {
    for (int64_t number = 0; number < workers; number++) std::thread([this, number] { Serve(number); }).detach();
  }

  void Run(const std::function<void(int64_t)>& part, int64_t parts) {
    std::lock_guard<std::mutex> one_at_a_time(caller_);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      part_ = &part;
      parts_ = parts;
      pending_ = parts - 1;
      round_++;
    }
    start_.notify_all();
    part(0);
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, [this] { return pending_ == 0; });
  }

 private:
  void Serve(int64_t number) {
    int64_t seen = 0;
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      start_.wait(lock, [&] { return round_ != seen; });
      seen = round_;
      if (number + 1 >= parts_) continue;
      const auto* part = part_;
      lock.unlock();
      (*part)(number + 1);
      lock.lock();
      if (--pending_ == 0) done_.notify_one();
    }
  }

  std::mutex caller_, mutex_;
  std::condition_variable start_, done_;
  const std::function<void(int64_t)>* part_ = nullptr;
  int64_t parts_ = 0, pending_ = 0, round_ = 0;
};

Pool& ThePool() {
  static Pool* pool = new Pool(ThreadCount() - 1);
  return *pool;
}

}  // namespace

int64_t ThreadCount() {
  static const int64_t count = [] {
    const char* chosen = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int64_t wanted = chosen == nullptr ? 0 : std::atoll(chosen);
    return std::clamp<int64_t>(wanted > 0 ? wanted : std::thread::hardware_concurrency(), 1, kMostThreads);
  }();
  return count;
}

void ParallelParts(int64_t count, const std::function<void(int64_t, int64_t)>& body) {
  const int64_t parts = std::min(ThreadCount(), std::max<int64_t>(count, 1));
  const auto run = [&](int64_t part) { body(count * part / parts, count * (part + 1) / parts); };
  if (parts == 1) return run(0);
  ThePool().Run(run, parts);
}

}  // namespace glimpse
