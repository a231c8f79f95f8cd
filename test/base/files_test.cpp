#include "base/files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test/base/scratch_folder.h"

using namespace kfctl;

TEST_CASE_FIXTURE(ScratchFolder, "write makes the directories above and leaves nothing beside") {
  DiskFiles files;
  REQUIRE(files.write(path + "/a/b/c.txt", "hello").ok());
  CHECK(files.read(path + "/a/b/c.txt").value() == "hello");
  CHECK(files.list(path + "/a/b").value() == std::vector<std::string>{"c.txt"});
}

TEST_CASE_FIXTURE(ScratchFolder, "write keeps the mode and writes through a symbolic link") {
  DiskFiles files;
  REQUIRE(files.write(path + "/real", "old").ok());
  REQUIRE(::chmod((path + "/real").c_str(), 0640) == 0);
  REQUIRE(::symlink("real", (path + "/link").c_str()) == 0);
  REQUIRE(files.write(path + "/link", "new").ok());
  CHECK(files.is_link(path + "/link"));
  CHECK(files.read(path + "/real").value() == "new");
  struct stat info {};
  REQUIRE(::stat((path + "/real").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
}

TEST_CASE_FIXTURE(ScratchFolder, "when one of several writes fails no file has changed") {
  DiskFiles files;
  REQUIRE(files.write(path + "/first", "old").ok());
  REQUIRE(files.make_directory(path + "/second").ok());
  const Status status = files.write_all({{path + "/first", "new"}, {path + "/second", "new"}});
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().kind == ErrorKind::kDisk);
  CHECK(status.error().message == "cannot write " + path + "/second: Is a directory");
  CHECK(files.read(path + "/first").value() == "old");
  CHECK(files.list(path).value() == std::vector<std::string>{"first", "second"});
}

TEST_CASE_FIXTURE(ScratchFolder, "a tree is listed sorted and removed without following links") {
  DiskFiles files;
  ScratchFolder outside;
  REQUIRE(files.write(outside.path + "/keep", "x").ok());
  REQUIRE(files.write(path + "/t/b/2", "").ok());
  REQUIRE(files.write(path + "/t/a", "").ok());
  REQUIRE(::symlink(outside.path.c_str(), (path + "/t/link").c_str()) == 0);
  CHECK(list_tree(files, path + "/t").value() == std::vector<std::string>{"a", "b/2", "link"});
  CHECK(list_tree(files, path + "/none").value().empty());
  REQUIRE(remove_tree(files, path + "/t").ok());
  CHECK(files.kind(path + "/t") == PathKind::kMissing);
  CHECK(files.is_file(outside.path + "/keep"));
}

TEST_CASE_FIXTURE(ScratchFolder, "a missing file is an error that names it") {
  DiskFiles files;
  CHECK(files.read(path + "/none").error().message ==
        "cannot read " + path + "/none: No such file or directory");
  CHECK(files.remove(path + "/none").ok());
}

TEST_CASE("paths join, normalise and show whether they leave their root") {
  CHECK(join_path("a", "b/c") == "a/b/c");
  CHECK(join_path("a/", "b") == "a/b");
  CHECK(join_path("", "b") == "b");
  CHECK(join_path("a", "/b") == "/b");
  CHECK(parent_path("a/b") == "a");
  CHECK(parent_path("/a") == "/");
  CHECK(parent_path("a") == ".");
  CHECK(base_name("a/b") == "b");
  CHECK(normal_path("a//./b/../c/") == "a/c");
  CHECK(normal_path("../../a") == "../../a");
  CHECK(normal_path("/../a") == "/a");
  CHECK(normal_path("") == ".");
  CHECK(stays_inside("a/../b"));
  CHECK_FALSE(stays_inside("a/../../b"));
  CHECK_FALSE(stays_inside("/etc/passwd"));
  CHECK_FALSE(stays_inside(std::string_view("a\0b", 3)));
}

TEST_CASE_FIXTURE(ScratchFolder, "real_path resolves links and keeps what is still to come") {
  DiskFiles files;
  REQUIRE(files.make_directory(path + "/real").ok());
  REQUIRE(::symlink("real", (path + "/link").c_str()) == 0);
  REQUIRE(::symlink("circle", (path + "/circle").c_str()) == 0);
  CHECK(files.real_path(path + "/link/a/../b").value() == path + "/real/b");
  CHECK(files.real_path(path + "/link/..").value() == path);
  CHECK(files.real_path(path + "/none/x/").value() == path + "/none/x");
  CHECK(files.real_path("no/such").value().starts_with("/"));
  CHECK(files.real_path("no/such").value().ends_with("/no/such"));
  CHECK(files.real_path(path + "/circle/x").error().kind == ErrorKind::kDisk);
}
