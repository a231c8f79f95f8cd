// RowArray: values one after another, growing at the end, as std::vector; in the memory of a
// RowMemory where one is given. Numbers of rows, not objects: T is copied as bytes.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "learn/data/row_memory.h"

namespace kfctl {

template <typename T>
class RowArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  RowArray() = default;
  RowArray(std::initializer_list<T> values) { assign(values.begin(), values.end()); }
  RowArray(const std::vector<T>& values) { assign(values.begin(), values.end()); }  // NOLINT
  /// A copy lies in ordinary memory.
  RowArray(const RowArray& other) { assign(other.begin(), other.end()); }
  RowArray(RowArray&& other) noexcept
      : piece_(std::move(other.piece_)), size_(std::exchange(other.size_, 0)) {}
  RowArray& operator=(RowArray other) noexcept {
    piece_ = std::move(other.piece_);
    std::swap(size_, other.size_);
    return *this;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return static_cast<T*>(piece_.data()); }
  const T* data() const { return static_cast<const T*>(piece_.data()); }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  T& operator[](size_t index) { return data()[index]; }
  const T& operator[](size_t index) const { return data()[index]; }
  T& back() { return data()[size_ - 1]; }
  const T& back() const { return data()[size_ - 1]; }
  /// True if the values lie in a file, and reading them may have to wait for the disk.
  bool in_file() const { return piece_.in_file(); }

  // Growing; `memory` is where from, null for ordinary memory, which does not fail.
  // Errors: those of RowMemory::take; nothing is then changed.
  Status reserve(size_t count, RowMemory* memory) {
    if (count * sizeof(T) <= piece_.bytes()) return Ok{};
    RowPiece larger;
    if (memory == nullptr) {
      larger = RowPiece::plain(count * sizeof(T));
    } else {
      KF_TRY(larger, memory->take(count * sizeof(T)));
    }
    std::copy(begin(), end(), static_cast<T*>(larger.data()));
    piece_ = std::move(larger);
    return Ok{};
  }
  Status append(std::span<const T> more, RowMemory* memory) {
    KF_DO(make_room(more.size(), memory));
    std::copy(more.begin(), more.end(), end());
    size_ += more.size();
    return Ok{};
  }
  Status append(size_t count, T value, RowMemory* memory) {
    KF_DO(make_room(count, memory));
    std::fill(end(), end() + count, value);
    size_ += count;
    return Ok{};
  }

  // The same in ordinary memory. REQUIRES: no RowMemory was ever given.
  void push_back(T value) { settle(append(1, value, nullptr)); }
  void resize(size_t count, T value = T()) {
    if (count > size_) settle(append(count - size_, value, nullptr));
    size_ = count;
  }
  template <typename Iterator>
  void assign(Iterator first, Iterator last) {
    const auto count = static_cast<size_t>(last - first);
    settle(reserve(count, nullptr));
    std::copy(first, last, begin());
    size_ = count;
  }
  void assign(size_t count, T value) {
    size_ = 0;
    resize(count, value);
  }
  void clear() { size_ = 0; }
  /// Leaves the first `count` values. REQUIRES: no more than there are.
  void truncate(size_t count) { size_ = count; }

  friend bool operator==(const RowArray& a, const RowArray& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  Status make_room(size_t more, RowMemory* memory) {
    const size_t room = piece_.bytes() / sizeof(T);
    if (size_ + more <= room) return Ok{};
    return reserve(std::max(size_ + more, 2 * room), memory);
  }
  static void settle(const Status& status) { static_cast<void>(status); }

  RowPiece piece_;
  size_t size_ = 0;
};

}  // namespace kfctl
