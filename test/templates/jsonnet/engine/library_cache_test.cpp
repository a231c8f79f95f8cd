// Parsed libraries on disk: found again, and never a wrong tree or a crash, whatever lies there.
#include "templates/jsonnet/engine/library_cache.h"

#include <thread>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "engine_test.h"
#include "templates/jsonnet/engine/ast_cache.h"
#include "templates/jsonnet/engine/ast_image.h"
#include "test/base/scratch_folder.h"

using namespace kfctl;
using namespace kfctl::jsonnet;

namespace {

constexpr const char* kLibrary =
    "{local x = 'one', f(a, b=2):: [a + b, x, self.g], g: import 'other.libsonnet', h:: 1.5}";

std::shared_ptr<const std::string> text(std::string content) {
  return std::make_shared<const std::string>(std::move(content));
}

struct Scratch : ScratchFolder {
  DiskFiles files;
  std::string directory = at("kfctl/jsonnet");  // of the cache; not made yet
  ~Scratch() { (void)::chmod(directory.c_str(), 0700); }

  /// Keeps the tree of `source`, and waits until that is done.
  void keep(const std::string& source, LibraryCache::Limits limits = {0, 1 << 30}) {
    LibraryCache(directory, limits).keep(parse_and_resolve("lib.libsonnet", text(source)));
  }
  std::shared_ptr<const Ast> find(const std::string& source) {
    return LibraryCache(directory, {0, 1 << 30}).find("lib.libsonnet", text(source));
  }
  std::vector<std::string> names() { return list_tree(files, directory).value(); }
  std::string image() {
    for (const std::string& name : names())
      if (name.ends_with(".ast")) return directory + "/" + name;
    FAIL("no image");
    return "";
  }
};

template <typename T>
std::string bytes(std::span<const T> items) {
  return {reinterpret_cast<const char*>(items.data()), items.size_bytes()};
}

void check_same(const Ast& a, const Ast& b) {
  CHECK(a.path == b.path);
  CHECK(*a.source == *b.source);
  CHECK(bytes(a.nodes) == bytes(b.nodes));
  CHECK(bytes(a.extra) == bytes(b.extra));
  CHECK(bytes(a.symbols) == bytes(b.symbols));
  CHECK(bytes(a.strings) == bytes(b.strings));
  CHECK(bytes(a.imports) == bytes(b.imports));
  CHECK(a.pool == b.pool);
  CHECK(a.root == b.root);
  CHECK(a.root_slots == b.root_slots);
}

const KeyedHash kHash(KeyedHash::Key{1, 2, 3});

}  // namespace

TEST_CASE("a kept tree is found by its text, and is the tree of that text") {
  Scratch scratch;
  CHECK(scratch.find(kLibrary) == nullptr);
  CHECK_FALSE(scratch.files.is_directory(scratch.directory));  // looking makes nothing
  scratch.keep(kLibrary);
  const std::shared_ptr<const Ast> found = scratch.find(kLibrary);
  REQUIRE(found != nullptr);
  check_same(*found, *parse_and_resolve("lib.libsonnet", text(kLibrary)));
  CHECK(found->imports.size() == 1);
  CHECK(scratch.find(std::string(kLibrary) + " ") == nullptr);
  CHECK(scratch.find("") == nullptr);
}

TEST_CASE("the directory belongs to its user alone, and nothing is left in it but images and key") {
  Scratch scratch;
  scratch.keep(kLibrary);
  scratch.keep("{a: 1}");
  scratch.keep(kLibrary);
  CHECK(scratch.names().size() == 3);
  struct stat info {};
  REQUIRE(::stat(scratch.directory.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  REQUIRE(::stat(scratch.image().c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("every flipped byte, every cut and every appendix is found out") {
  Scratch scratch;
  scratch.keep(kLibrary);
  const std::string path = scratch.image();
  const std::string good = scratch.files.read(path).value();
  const auto refused = [&](const std::string& damaged) {
    REQUIRE(scratch.files.write(path, damaged).ok());
    return scratch.find(kLibrary) == nullptr;
  };
  for (size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    CHECK_MESSAGE(refused(damaged), i);
  }
  for (size_t size = 0; size < good.size(); size += 7) CHECK(refused(good.substr(0, size)));
  CHECK(refused(good + std::string(8, '\0')));
  CHECK(refused(std::string(good.size(), '\0')));
  CHECK_FALSE(refused(good));
}

TEST_CASE("sizes that do not fit are refused even under a right checksum") {
  const std::shared_ptr<const Ast> tree = parse_and_resolve("lib.libsonnet", text(kLibrary));
  const Sha256::Digest digest = kHash.of(*tree->source);
  const std::string good = write_image(*tree, kHash, digest);
  REQUIRE(read_image(good, kHash, digest, nullptr) != nullptr);
  for (size_t at = 144; at < 176; at += 4) {  // the sizes and the root
    std::string wrong = good;
    wrong[at + 3] = '\x7f';
    const Sha256::Digest checksum = kHash.of(std::string_view(wrong).substr(32));
    std::copy(checksum.begin(), checksum.end(), wrong.begin());
    const bool is_slots = at == 172;  // any number of slots is possible
    CHECK_MESSAGE((read_image(wrong, kHash, digest, nullptr) == nullptr) == !is_slots, at);
  }
  CHECK(read_image(good, kHash, kHash.of("another text"), nullptr) == nullptr);
  CHECK(read_image(good, KeyedHash(KeyedHash::Key{1, 2, 4}), digest, nullptr) == nullptr);
}

TEST_CASE("a directory that others may write, or that is no directory, is not used") {
  Scratch scratch;
  scratch.keep(kLibrary);
  REQUIRE(::chmod(scratch.directory.c_str(), 0770) == 0);
  CHECK(scratch.find(kLibrary) == nullptr);
  REQUIRE(::chmod(scratch.directory.c_str(), 0700) == 0);
  REQUIRE(::chmod(scratch.image().c_str(), 0622) == 0);
  CHECK(scratch.find(kLibrary) == nullptr);
  REQUIRE(scratch.files.write(scratch.path + "/file", "text").ok());
  LibraryCache(scratch.path + "/file", {}).keep(parse_and_resolve("x", text("1")));
  CHECK(scratch.files.read(scratch.path + "/file").value() == "text");
}

TEST_CASE("links and pipes in the place of an image or of the key are not followed") {
  Scratch scratch;
  scratch.keep(kLibrary);
  const std::string path = scratch.image();
  REQUIRE(::rename(path.c_str(), (path + ".moved").c_str()) == 0);
  REQUIRE(::symlink((path + ".moved").c_str(), path.c_str()) == 0);
  CHECK(scratch.find(kLibrary) == nullptr);
  REQUIRE(::unlink(path.c_str()) == 0);
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(scratch.find(kLibrary) == nullptr);
  scratch.keep(kLibrary);  // put in its place
  CHECK(scratch.find(kLibrary) != nullptr);
}

TEST_CASE("files and directories of another user are refused") {
  if (::geteuid() != 0) return;  // nobody else can give files away
  Scratch scratch;
  scratch.keep(kLibrary);
  REQUIRE(::chown(scratch.image().c_str(), 12345, 12345) == 0);
  CHECK(scratch.find(kLibrary) == nullptr);
  REQUIRE(::chown(scratch.image().c_str(), 0, 0) == 0);
  REQUIRE(::chown(scratch.directory.c_str(), 12345, 12345) == 0);
  CHECK(scratch.find(kLibrary) == nullptr);
  // Nothing is made in the home of another either.
  Scratch home;
  REQUIRE(::chown(home.path.c_str(), 12345, 12345) == 0);
  home.keep(kLibrary);
  CHECK_FALSE(home.files.is_directory(home.path + "/kfctl"));
}

TEST_CASE("a damaged key is replaced; what it named is kept anew") {
  Scratch scratch;
  scratch.keep(kLibrary);
  REQUIRE(scratch.files.write(scratch.directory + "/key", "short").ok());
  CHECK(scratch.find(kLibrary) == nullptr);
  scratch.keep(kLibrary);
  CHECK(scratch.find(kLibrary) != nullptr);
  CHECK(scratch.files.read(scratch.directory + "/key").value().size() == 32);
}

TEST_CASE("the images used least recently make room, and what a killed writer left goes") {
  Scratch scratch;
  scratch.keep("{old: 1}");
  const std::string old_image = scratch.image();
  const size_t size = scratch.files.read(old_image).value().size();
  const timespec times[2] = {{1000, 0}, {1000, 0}};
  REQUIRE(::utimensat(AT_FDCWD, old_image.c_str(), times, 0) == 0);
  const std::string part = scratch.directory + "/4711-1.part",
                    young = scratch.directory + "/1-1.part";
  REQUIRE(scratch.files.write_all({{part, "half"}, {young, "half"}}).ok());
  REQUIRE(::utimensat(AT_FDCWD, part.c_str(), times, 0) == 0);
  scratch.keep("{new: 1}", {0, 2 * size - 1});
  CHECK(scratch.find("{old: 1}") == nullptr);
  CHECK(scratch.find("{new: 1}") != nullptr);
  CHECK_FALSE(scratch.files.is_file(part));
  CHECK(scratch.files.is_file(young));  // its writer may live
}

TEST_CASE("finding an image counts as its use") {
  Scratch scratch;
  scratch.keep(kLibrary);
  const timespec times[2] = {{1000, 0}, {1000, 0}};
  REQUIRE(::utimensat(AT_FDCWD, scratch.image().c_str(), times, 0) == 0);
  REQUIRE(scratch.find(kLibrary) != nullptr);
  struct stat info {};
  REQUIRE(::stat(scratch.image().c_str(), &info) == 0);
  CHECK(info.st_mtime > 1000);
}

TEST_CASE("many threads and caches on one directory: every tree is right") {
  Scratch scratch;
  std::vector<std::string> sources;
  for (int i = 0; i < 12; ++i)
    sources.push_back("{local x = " + std::to_string(i) + ", f(y):: x + y, g: self.f(1)}");
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round) {
        LibraryCache cache(scratch.directory, {0, 4000});
        for (const std::string& source : sources) {
          const std::shared_ptr<const Ast> tree = cache.find("lib.libsonnet", text(source));
          const std::shared_ptr<const Ast> right = parse_and_resolve("lib.libsonnet", text(source));
          if (tree != nullptr && bytes(tree->nodes) != bytes(right->nodes)) ++wrong;
          cache.keep(right);
        }
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("an evaluation with a cache says what it says without one") {
  Scratch scratch;
  std::string library = "{f(x):: x.missing,\n";
  for (int i = 0; i < 5000; ++i) library += "field" + std::to_string(i) + ":: 'some text',\n";
  const SourceFiles files = {{"lib.libsonnet", library + "}"}};
  const auto evaluate = [&](const std::string& directory, const std::string& source) {
    MemoryImporter importer(files);
    JsonnetRequest request;
    request.path = "main.jsonnet";
    request.source = "local lib = import 'lib.libsonnet'; " + source;
    request.importer = &importer;
    request.cache_directory = directory;
    const Result<Json> result = JsonnetEngine().evaluate(request);
    return result.ok() ? result.value().dump() : result.error().to_text();
  };
  for (const std::string source : {"lib.field4711", "lib.f({})", "lib.field5000"}) {
    const std::string without = evaluate("", source);
    CHECK(evaluate(scratch.directory, source) == without);
    CHECK(evaluate(scratch.directory, source) == without);
  }
  CHECK(scratch.names().size() == 2);
}

TEST_CASE("the keyed hash depends on every byte, on the length and on the key") {
  const std::string zeros(10000, '\0');
  std::vector<Sha256::Digest> seen;
  for (const size_t size : {0, 1, 15, 16, 17, 4095, 4096, 4097, 8192, 10000})
    seen.push_back(kHash.of(std::string_view(zeros).substr(0, size)));
  for (const size_t at : {0, 7, 8, 4095, 4096, 8191, 9999}) {
    std::string one = zeros;
    one[at] = 1;
    seen.push_back(kHash.of(one));
  }
  seen.push_back(KeyedHash(KeyedHash::Key{}).of(zeros));
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(kHash.of(zeros) == KeyedHash(KeyedHash::Key{1, 2, 3}).of(zeros));
}
