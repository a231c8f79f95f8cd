#include "base/thread_pool.h"

#include <atomic>

#include <doctest/doctest.h>

#include "fixed_files.h"

using namespace kfctl;

TEST_CASE("every piece of work is done exactly once, however many threads there are") {
  for (const int threads : {1, 2, 7}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == threads);
    for (const size_t count : {0u, 1u, 5u, 1000u}) {
      std::vector<std::atomic<int>> done(count);
      pool.for_each(count, [&done](size_t i) { ++done[i]; });
      size_t once = 0;
      for (const std::atomic<int>& times : done) once += times == 1;
      CHECK(once == count);
    }
  }
}

TEST_CASE("the limit of the control group counts, also one further up") {
  FixedFiles files;
  const int all = usable_cpus(files, "/fake");
  CHECK(all >= 1);

  files.files["/fake/proc/self/cgroup"] = "0::/a/b\n";
  files.files["/fake/sys/fs/cgroup/a/b/cpu.max"] = "max 100000\n";
  CHECK(usable_cpus(files, "/fake") == all);
  files.files["/fake/sys/fs/cgroup/a/cpu.max"] = "50000 100000\n";
  CHECK(usable_cpus(files, "/fake") == 1);
}

TEST_CASE("a limit of the first version of control groups counts") {
  FixedFiles files;
  files.files["/fake/proc/self/cgroup"] = "4:cpu,cpuacct:/pod\n";
  files.files["/fake/sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_quota_us"] = "20000\n";
  files.files["/fake/sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_period_us"] = "100000\n";
  CHECK(usable_cpus(files, "/fake") == 1);
}
