#include "learn/data/dataset.h"

#include <doctest/doctest.h>
#include <zlib.h>
#include <zstd.h>

#include "test/base/scratch_folder.h"

using namespace kfctl;

namespace {

Result<Dataset> read(std::vector<std::string> files, std::vector<std::string> labels = {},
                     size_t limit = 0) {
  DataFiles data;
  data.files = std::move(files);
  data.labels = std::move(labels);
  data.limit_rows = limit;
  return read_dataset(DiskFiles(), data, nullptr);
}

}  // namespace

TEST_CASE("a glob reads its files in order, and a row knows where it came from") {
  const ScratchFolder folder;
  folder.write("b.csv", "x\n3\n4\n");
  folder.write("a.csv", "x\n1\n2\n");
  const Dataset dataset = read({folder.path + "/*.csv"}).value();
  CHECK(dataset.frame.find("x")->numbers == std::vector<double>{1, 2, 3, 4});
  CHECK(dataset.place(3) == folder.path + "/b.csv:3");
}

TEST_CASE("a column that is text in one file is text in all") {
  const ScratchFolder folder;
  const std::string a = folder.write("a.csv", "x\n1\n2\n"), b = folder.write("b.csv", "x\n3\nz\n");
  const Dataset dataset = read({a, b}).value();
  REQUIRE(dataset.frame.find("x")->kind == ColumnKind::kText);
  CHECK(dataset.frame.find("x")->text[0] == "1");
}

TEST_CASE("files that do not fit together are refused") {
  const ScratchFolder folder;
  const std::string a = folder.write("a.csv", "x,y\n1,2\n"), b = folder.write("b.csv", "x\n1\n");
  CHECK(read({a, b}).error().message == b + ": no column 'y', which " + a + " has");
  CHECK(read({folder.path + "/*.tsv"}).error().kind == ErrorKind::kDisk);
  CHECK(read({folder.path + "/none.csv"}).error().kind == ErrorKind::kDisk);
  CHECK(read({folder.path}).error().kind == ErrorKind::kDisk);
}

TEST_CASE("labels come from their own file, and have to be as many as the rows") {
  const ScratchFolder folder;
  const std::string x = folder.write("x.idx", std::string("\0\0\x08\x02\0\0\0\2\0\0\0\1ab", 14));
  const std::string y = folder.write("y.idx", std::string("\0\0\x08\x01\0\0\0\2\3\4", 10));
  const std::string z = folder.write("z.idx", std::string("\0\0\x08\x01\0\0\0\1\3", 9));
  CHECK(read({x}, {y}).value().frame.find("label")->numbers == std::vector<double>{3, 4});
  CHECK(read({x}, {y}, 1).value().frame.rows == 1);
  CHECK(read({x}, {z}).error().message == z + ": 1 labels for 2 rows of " + x);
}

TEST_CASE("gzip is unpacked whatever the name, several members too, and damage is found") {
  const ScratchFolder folder;
  const std::string path = folder.path + "/packed.csv";
  for (const char* text : {"x\n1\n", "2\n"}) {
    gzFile file = gzopen(path.c_str(), "ab");
    gzputs(file, text);
    gzclose(file);
  }
  CHECK(read({path}).value().frame.find("x")->numbers == std::vector<double>{1, 2});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);
  CHECK(read({path}).error().message ==
        path + ": the gzip data ends too early; is the file complete?");
}

TEST_CASE("zstd is unpacked likewise") {
  const ScratchFolder folder;
  std::string packed;
  for (const std::string text : {"x\n1\n", "2\n"}) {
    std::string frame(ZSTD_compressBound(text.size()), '\0');
    frame.resize(ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), 3));
    packed += frame;
  }
  CHECK(read({folder.write("a.csv.zst", packed)}).value().frame.find("x")->numbers ==
        std::vector<double>{1, 2});
  const std::string cut = folder.write("cut", packed.substr(0, packed.size() - 2));
  CHECK(read({cut}).error().message ==
        cut + ": the zstd data ends too early; is the file complete?");
  packed[packed.size() - 8] ^= 0x55;
  const std::string bad = folder.write("bad", packed);
  CHECK(read({bad}).error().message.starts_with(bad + ": the zstd data is damaged"));
}
