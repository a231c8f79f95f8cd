#include "base/memory_limit.h"

#include <doctest/doctest.h>

#include "fixed_files.h"

using namespace kfctl;

TEST_CASE("memory is the machine's, or what a control group on the way up leaves of it") {
  FixedFiles files;
  CHECK(usable_memory(files, "/fake") == SIZE_MAX);

  files.files["/fake/proc/meminfo"] = "MemTotal:       2048 kB\nMemFree:         1 kB\n";
  CHECK(usable_memory(files, "/fake") == 2048 * 1024);

  files.files["/fake/proc/self/cgroup"] = "0::/a/b\n";
  files.files["/fake/sys/fs/cgroup/a/b/memory.max"] = "max\n";
  CHECK(usable_memory(files, "/fake") == 2048 * 1024);
  files.files["/fake/sys/fs/cgroup/a/memory.max"] = "4096\n";
  CHECK(usable_memory(files, "/fake") == 4096);
}

TEST_CASE("a memory limit of the first version of control groups counts") {
  FixedFiles files;
  files.files["/fake/proc/self/cgroup"] = "9:memory:/pod\n";
  files.files["/fake/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n";
  files.files["/fake/sys/fs/cgroup/memory/pod/memory.limit_in_bytes"] = "1048576\n";
  CHECK(usable_memory(files, "/fake") == 1048576);
}
