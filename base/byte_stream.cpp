#include "base/byte_stream.h"

#include "base/module.h"

namespace kfctl {

Result<std::unique_ptr<ByteStream>> open_byte_stream(const HttpOptions& options,
                                                     const std::string& url,
                                                     const CancelToken& cancel) {
  KF_TRY(const void* const table, load_module("http", kHttpModuleAbi));
  HttpAnswer failure;
  std::unique_ptr<ByteStream> stream(
      static_cast<const HttpModule*>(table)->open_stream(options, url, cancel, failure));
  if (stream == nullptr) return http_fault_error(failure, url.substr(0, url.find('/', 8)));
  return stream;
}

}  // namespace kfctl
