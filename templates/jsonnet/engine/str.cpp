// Strings: interning, joining in place, slices that share their text.
#include <algorithm>
#include <cstring>

#include "templates/jsonnet/engine/hash.h"
#include "templates/jsonnet/engine/vm.h"

namespace kfctl::jsonnet {
namespace {

// How many bytes from `at` on are ASCII for sure, looked at in blocks.
size_t ascii_run(std::string_view text, size_t at) {
  const size_t begin = at;
  for (; at + 32 <= text.size(); at += 32) {
    uint64_t words[4];
    std::memcpy(words, text.data() + at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080ull) != 0) break;
  }
  return at - begin;
}

uint32_t count_chars(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101ull;
  size_t continuation = 0, i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    i += ascii_run(text, i);
    if (i + 8 > text.size()) break;
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & kOnes * 0x80) == 0) continue;
    continuation += static_cast<size_t>(std::popcount((word >> 7) & (~word >> 6) & kOnes));
  }
  for (; i < text.size(); ++i) continuation += (static_cast<uint8_t>(text[i]) & 0xC0) == 0x80;
  return static_cast<uint32_t>(text.size() - continuation);
}

// The byte where code point `index` begins.
size_t byte_of(const Str* text, size_t index) {
  if (text->ascii()) return index;
  size_t at = 0;
  for (; index > 0; --index) {
    ++at;
    while (at < text->bytes && (static_cast<uint8_t>(text->data[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

// Text below this size is copied when joined: a buffer that can grow costs more than it saves.
constexpr size_t kSmallText = 128;
constexpr size_t kLargestText = UINT32_MAX - 16;

}  // namespace

const Str* Vm::string_view_of(std::string_view text) {
  return region.make<Str>(text.data(), static_cast<uint32_t>(text.size()), count_chars(text),
                          nullptr, nullptr);
}

const Str* Vm::string(std::string_view text) {
  if (text.empty()) return empty_string_;
  if (text.size() == 1) return one_char(static_cast<unsigned char>(text[0]));
  if (text.size() > kLargestText) fail(nullptr, "this string is longer than 4 GiB");
  char* copy = region.array<char>(text.size());
  std::memcpy(copy, text.data(), text.size());
  return string_view_of({copy, text.size()});
}

const Str* Vm::string_in_region(char* memory, size_t bytes) {
  if (bytes > kLargestText) fail(nullptr, "this string is longer than 4 GiB");
  return bytes == 0 ? empty_string_ : string_view_of({memory, bytes});
}

const Str* Vm::ascii_in_region(char* memory, size_t bytes) {
  if (bytes > kLargestText) fail(nullptr, "this string is longer than 4 GiB");
  if (bytes == 0) return empty_string_;
  const uint32_t size = static_cast<uint32_t>(bytes);
  return region.make<Str>(memory, size, size, nullptr, nullptr);
}

const Str* Vm::one_char(unsigned char c) {
  const Str*& known = chars_[c & 127];
  if (known == nullptr) {
    char* copy = region.array<char>(1);
    *copy = static_cast<char>(c);
    known = string_view_of({copy, 1});
  }
  return known;
}

void Vm::grow_interned() {
  std::vector<const Str*> bigger(interned_.empty() ? 1024 : interned_.size() * 2, nullptr);
  const size_t mask = bigger.size() - 1;
  for (const Str* text : interned_) {
    if (text == nullptr) continue;
    size_t i = hash_text(text->view()) & mask;
    while (bigger[i] != nullptr) i = (i + 1) & mask;
    bigger[i] = text;
  }
  interned_.swap(bigger);
}

const Str* Vm::intern(const Str* text) {
  if (text->symbol != nullptr) return text->symbol;
  if (interned_count_ * 2 >= interned_.size()) grow_interned();
  const size_t mask = interned_.size() - 1;
  for (size_t i = hash_text(text->view()) & mask;; i = (i + 1) & mask) {
    if (interned_[i] == nullptr) {
      interned_[i] = text;
      ++interned_count_;
      return text->symbol = text;
    }
    if (interned_[i]->view() == text->view()) return text->symbol = interned_[i];
  }
}

const Str* Vm::find_interned(const Str* text) {
  if (text->symbol != nullptr) return text->symbol;
  const size_t mask = interned_.size() - 1;
  for (size_t i = hash_text(text->view()) & mask;; i = (i + 1) & mask) {
    if (interned_[i] == nullptr) return nullptr;
    if (interned_[i]->view() == text->view()) return text->symbol = interned_[i];
  }
}

const Str* Vm::intern(std::string_view text) {
  const size_t mask = interned_.size() - 1;
  for (size_t i = hash_text(text) & mask; interned_[i] != nullptr; i = (i + 1) & mask)
    if (interned_[i]->view() == text) return interned_[i];
  return intern(string(text));
}

// Where a string lies and where its text does depends on who made it; pieces that were not
// allocated last stay where they are.
void Vm::give_back(const Str* text) {
  if (text->bytes < 2) return;  // there is one for all
  if (text->symbol != nullptr) return;
  StrBuffer* const buffer = text->buffer;
  Str* const header = const_cast<Str*>(text);
  char* const begin = buffer == nullptr ? const_cast<char*>(text->data) : buffer->begin;
  const size_t bytes = buffer == nullptr ? text->bytes : static_cast<size_t>(buffer->end - begin);
  if (buffer != nullptr) region.give_back(buffer, sizeof *buffer);
  region.give_back(header, sizeof *header);
  region.give_back(begin, bytes);
  region.give_back(header, sizeof *header);
}

const Str* Vm::grow(const Str* left, std::string_view right, uint32_t right_chars) {
  if (left->buffer != nullptr || left->bytes < 2 || left->symbol != nullptr) return nullptr;
  if (left->bytes + right.size() >= kSmallText) return nullptr;
  char* const text = const_cast<char*>(left->data);
  if (!region.extend(text, left->bytes, right.size())) return nullptr;
  std::memcpy(text + left->bytes, right.data(), right.size());
  Str* const grown = const_cast<Str*>(left);
  grown->bytes += static_cast<uint32_t>(right.size());
  grown->chars += right_chars;
  return grown;
}

const Str* Vm::concat(const Str* left, const Str* right) {
  fresh = nullptr;
  if (left->bytes == 0) return right;
  if (right->bytes == 0) return left;
  const size_t size = size_t{left->bytes} + right->bytes;
  if (size > kLargestText) fail(nullptr, "this string is longer than 4 GiB");
  Str* sum = region.make<Str>(nullptr, static_cast<uint32_t>(size), left->chars + right->chars,
                              nullptr, nullptr);
  StrBuffer* const tail = left->buffer;
  if (tail != nullptr && left->data + left->bytes == tail->used_end &&
      static_cast<size_t>(tail->end - tail->used_end) >= right->bytes) {
    std::memcpy(tail->used_end, right->data, right->bytes);
    tail->used_end += right->bytes;
    sum->data = left->data;
    sum->buffer = tail;
    return sum;
  }
  StrBuffer* const head = right->buffer;
  if (head != nullptr && right->data == head->used_begin &&
      static_cast<size_t>(head->used_begin - head->begin) >= left->bytes) {
    head->used_begin -= left->bytes;
    std::memcpy(head->used_begin, left->data, left->bytes);
    sum->data = head->used_begin;
    sum->buffer = head;
    return sum;
  }
  // A text that grows gets room to grow on the side of its smaller part.
  const bool grows = size >= kSmallText;
  const size_t room = grows ? size : 0;
  char* memory = region.array<char>(size + room);
  char* begin = grows && left->bytes < right->bytes / 2 ? memory + room : memory;
  std::memcpy(begin, left->data, left->bytes);
  std::memcpy(begin + left->bytes, right->data, right->bytes);
  sum->data = begin;
  if (grows)
    sum->buffer = region.make<StrBuffer>(begin, begin + size, memory, memory + size + room);
  return fresh = sum;
}

const Str* Vm::substring(const Str* text, size_t from, size_t count) {
  if (from >= text->chars || count == 0) return empty_string_;
  count = std::min(count, text->chars - from);
  if (count == text->chars) return text;
  if (text->ascii()) {
    if (count == 1) return one_char(static_cast<unsigned char>(text->data[from]));
    return region.make<Str>(text->data + from, static_cast<uint32_t>(count),
                            static_cast<uint32_t>(count), nullptr, nullptr);
  }
  const size_t begin = byte_of(text, from);
  const Str rest{text->data + begin, static_cast<uint32_t>(text->bytes - begin),
                 static_cast<uint32_t>(text->chars - from), nullptr, nullptr};
  const size_t bytes = byte_of(&rest, count);
  return region.make<Str>(text->data + begin, static_cast<uint32_t>(bytes),
                          static_cast<uint32_t>(count), nullptr, nullptr);
}

}  // namespace kfctl::jsonnet
