#include "base/files_below.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "test/base/scratch_folder.h"

using namespace kfctl;

namespace {

// root/ with a file, a link that stays and one that leads out; outside/ with a file.
struct Project : ScratchFolder {
  DiskFiles disk;
  FilesBelow files{disk, path + "/root"};

  Project() {
    REQUIRE(disk.write(path + "/root/inner/file", "mine").ok());
    REQUIRE(disk.write(path + "/outside/file", "theirs").ok());
    REQUIRE(::symlink("inner", (path + "/root/near").c_str()) == 0);
    REQUIRE(::symlink("../outside", (path + "/root/far").c_str()) == 0);
    REQUIRE(::symlink("../outside/file", (path + "/root/far-file").c_str()) == 0);
  }
  std::string in(const std::string& name) const { return path + "/root/" + name; }
};

}  // namespace

TEST_CASE_FIXTURE(Project, "what lies below the root is changed, through links as well") {
  CHECK(files.write(in("near/file"), "new").ok());
  CHECK(disk.read(in("inner/file")).value() == "new");
  CHECK(files.make_directory(in("a/b")).ok());
  CHECK(files.rename(in("a"), in("c")).ok());
  CHECK(files.remove(in("c/b")).ok());
  CHECK(files.remove(in("c")).ok());
}

TEST_CASE_FIXTURE(Project,
                  "a change that would leave the root is refused and says where it leads") {
  const Status written = files.write_all({{in("fresh"), "x"}, {in("far/new"), "x"}});
  REQUIRE_FALSE(written.ok());
  CHECK(written.error().kind == ErrorKind::kProject);
  CHECK(written.error().message.find(path + "/outside/new") != std::string::npos);
  CHECK(disk.kind(in("fresh")) == PathKind::kMissing);
  CHECK_FALSE(files.write(in("far-file"), "x").ok());
  CHECK_FALSE(files.write(in("../outside/file"), "x").ok());
  CHECK_FALSE(files.remove(in("far/file")).ok());
  CHECK_FALSE(files.remove(in("..")).ok());
  CHECK_FALSE(files.rename(in("far/file"), in("stolen")).ok());
  CHECK_FALSE(files.rename(in("inner/file"), in("far/left")).ok());
  CHECK_FALSE(files.make_directory(in("far/new")).ok());
  CHECK_FALSE(files.make_directory(in("../rooted")).ok());
  CHECK(disk.read(path + "/outside/file").value() == "theirs");
  CHECK(disk.list(path + "/outside").value() == std::vector<std::string>{"file"});
}

TEST_CASE_FIXTURE(Project, "a link itself is an entry of its folder and may go") {
  CHECK(files.remove(in("far")).ok());
  CHECK(disk.read(path + "/outside/file").ok());
}

TEST_CASE("is_below takes whole names") {
  CHECK(is_below("/a/b", "/a"));
  CHECK(is_below("/a", "/a"));
  CHECK(is_below("/a", "/"));
  CHECK_FALSE(is_below("/ab", "/a"));
  CHECK_FALSE(is_below("/", "/a"));
}
