// The texts of an importer: each is read once, whoever asks for it how often.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"

namespace kfctl {

/// Safe for use by several threads: the first that asks for a text reads it, others wait for it.
class TextStore {
 public:
  using Read = std::function<Result<std::string>()>;

  /// The text of `path`, always the same object. After an error the next one to ask reads again.
  Result<std::shared_ptr<const std::string>> get(const std::string& path, const Read& read) {
    Entry& entry = entry_of(path);
    const std::lock_guard lock(entry.mutex);
    if (entry.text == nullptr) {
      KF_TRY(std::string text, read());
      entry.text = std::make_shared<const std::string>(std::move(text));
    }
    return entry.text;
  }

 private:
  struct Entry {
    std::mutex mutex;
    std::shared_ptr<const std::string> text;
  };
  Entry& entry_of(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return entries_[path];  // does not move when others are added
  }

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace kfctl
