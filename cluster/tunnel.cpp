#include "cluster/tunnel.h"

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

#include <poll.h>

#include "base/log.h"
#include "base/text.h"
#include "base/upgrade.h"
#include "cluster/api_error.h"

namespace kfctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint32_t kErrorStream = 1;
constexpr uint32_t kDataStream = 3;
constexpr int kPollMs = 100;
constexpr size_t kMaxTrouble = 4096;
constexpr size_t kMaxBody = size_t{64} << 10;
constexpr std::chrono::seconds kQuiet(10);     // without a word, we ask for one
constexpr std::chrono::seconds kPatience(30);  // and wait so long for it
constexpr std::string_view kProtocol = "portforward.k8s.io";

uint32_t random_word() {
  thread_local std::random_device device;
  return device();
}

std::string random_key() {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    const uint32_t word = random_word();
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(word >> shift);
  }
  return base64_encode(bytes);
}

std::string url_of(const TunnelOptions& options) {
  std::string_view base = options.server;
  while (base.ends_with('/')) base.remove_suffix(1);
  return std::string(base) + "/api/v1/namespaces/" + url_encode(options.namespace_) + "/pods/" +
         url_encode(options.pod) + "/portforward";
}

// Waits a little until the stream can be read, or written to.
void await(const ByteStream& stream, short events) {
  pollfd one = {stream.descriptor(), events, 0};
  poll(&one, 1, kPollMs);
}

// An exchange before the tunnel is one: waits, but not for ever.
class Handshake {
 public:
  Handshake(ByteStream& stream, int timeout_ms, const CancelToken& cancel)
      : stream_(stream),
        deadline_(Clock::now() + std::chrono::milliseconds(timeout_ms)),
        cancel_(cancel) {}

  Status send(std::string_view bytes) {
    while (!bytes.empty()) {
      KF_TRY(const size_t sent, stream_.send(bytes));
      bytes.remove_prefix(sent);
      if (!bytes.empty()) KF_DO(pause(POLLOUT));
    }
    return Ok{};
  }

  // The answer, with as much of its body as it announces if it is a refusal. What came behind the
  // head of an upgrade is in rest().
  Result<HttpAnswer> answer() {
    while (true) {
      KF_TRY(std::optional<UpgradeHead> head, read_upgrade_head(bytes_));
      if (head) {
        bytes_.erase(0, head->size);
        HttpAnswer& answer = head->answer;
        if (answer.status != 101) answer.body = body(answer);
        return std::move(answer);
      }
      KF_TRY(const bool more, receive());
      if (!more) return Error(ErrorKind::kNetwork, "the server closed the connection");
    }
  }

  const std::string& rest() const { return bytes_; }

 private:
  // As far as it comes: it is for the message of an error only.
  std::string body(const HttpAnswer& answer) {
    const std::string* const length = answer.header("content-length");
    size_t wanted = kMaxBody;
    if (length != nullptr) std::from_chars(length->data(), length->data() + length->size(), wanted);
    wanted = std::min(wanted, kMaxBody);
    if (length == nullptr) deadline_ = std::min(deadline_, Clock::now() + std::chrono::seconds(1));
    while (bytes_.size() < wanted) {
      const Result<bool> more = receive();
      if (!more.ok() || !more.value()) break;
    }
    return bytes_.substr(0, wanted);
  }

  Result<bool> receive() {
    while (true) {
      KF_TRY(const ByteStream::Received got, stream_.receive(bytes_));
      if (got != ByteStream::Received::kNothing) return got == ByteStream::Received::kSome;
      KF_DO(pause(POLLIN));
    }
  }

  Status pause(short events) {
    if (cancel_.cancelled()) return cancelled_error();
    if (Clock::now() > deadline_) return Error(ErrorKind::kNetwork, "no answer in time");
    await(stream_, events);
    return Ok{};
  }

  ByteStream& stream_;
  Clock::time_point deadline_;
  const CancelToken& cancel_;
  std::string bytes_;
};

struct Opened {
  std::unique_ptr<ByteStream> stream;
  HttpAnswer answer;
  std::string rest;  // the first bytes of the new protocol
};

Result<Opened> ask(std::string_view method, std::vector<HttpHeader> headers,
                   const TunnelOptions& options, const OpenByteStream& open_stream,
                   const CancelToken& cancel) {
  const std::string text = url_of(options);
  KF_TRY(const Url url, parse_url(text));
  log_debug(std::string(method) + " " + text + " (" + headers[0].value + ")");
  headers.insert(headers.end(), options.headers.begin(), options.headers.end());
  Opened out;
  KF_TRY(out.stream, open_stream(options.http, text, cancel));
  Handshake handshake(*out.stream, options.http.timeout_ms, cancel);
  KF_DO(handshake.send(upgrade_request(method, url, headers)));
  KF_TRY(out.answer, handshake.answer());
  out.rest = handshake.rest();
  return out;
}

Result<Opened> ask_websocket(const TunnelOptions& options, const OpenByteStream& open_stream,
                             const CancelToken& cancel) {
  const std::string key = random_key();
  KF_TRY(Opened out, ask("GET",
                         {{"Upgrade", "websocket"},
                          {"Sec-WebSocket-Version", "13"},
                          {"Sec-WebSocket-Key", key},
                          {"Sec-WebSocket-Protocol", "SPDY/3.1+" + std::string(kProtocol)}},
                         options, open_stream, cancel));
  if (out.answer.status != 101) return out;
  const std::string* const accept = out.answer.header("sec-websocket-accept");
  const std::string* const protocol = out.answer.header("sec-websocket-protocol");
  if (accept != nullptr && *accept == websocket_accept(key) && protocol != nullptr &&
      *protocol == "SPDY/3.1+" + std::string(kProtocol)) {
    return out;
  }
  return Error(ErrorKind::kNetwork,
               options.server + ": the answer to a WebSocket's handshake is not one to ours",
               "a proxy or a load balancer before the server may not pass upgrades on");
}

Result<Opened> ask_spdy(const TunnelOptions& options, const OpenByteStream& open_stream,
                        const CancelToken& cancel) {
  return ask("POST",
             {{"Upgrade", "SPDY/3.1"},
              {"X-Stream-Protocol-Version", std::string(kProtocol)},
              {"Content-Length", "0"}},
             options, open_stream, cancel);
}

// A server that knows no such tunnel refuses in many ways; these say something about the pod.
bool is_final(int status) { return status == 101 || status == 401 || status == 404; }

}  // namespace

Result<std::unique_ptr<Tunnel>> Tunnel::open(const TunnelOptions& options,
                                             const OpenByteStream& open_stream,
                                             const CancelToken& cancel) {
  Carrier carrier = Carrier::kWebSocket;
  KF_TRY(Opened opened, ask_websocket(options, open_stream, cancel));
  if (!is_final(opened.answer.status)) {
    log_info("no WebSocket to Pod/" + options.pod + " (HTTP " +
             std::to_string(opened.answer.status) + "), trying SPDY");
    carrier = Carrier::kSpdy;
    KF_TRY(opened, ask_spdy(options, open_stream, cancel));
  }
  if (opened.answer.status != 101) {
    return api_error(opened.answer, options.server, "forward to Pod/" + options.pod);
  }
  std::unique_ptr<Tunnel> tunnel(new Tunnel(std::move(opened.stream), carrier));
  tunnel->begin(options.port);
  KF_DO(tunnel->take(opened.rest));
  return tunnel;
}

// The stream for errors comes first, and nothing is sent on it.
void Tunnel::begin(int port) {
  const auto headers = [port](const char* type) {
    return SpdyEncoder::Headers{
        {"streamtype", type}, {"port", std::to_string(port)}, {"requestid", "0"}};
  };
  std::string frames = encoder_.open(kErrorStream, headers("error"));
  frames += SpdyEncoder::data(kErrorStream, "", true);
  frames += encoder_.open(kDataStream, headers("data"));
  carry(frames);
}

void Tunnel::carry(const std::string& frames) {
  out_ += carrier_ == Carrier::kSpdy
              ? frames
              : websocket_frame(WebSocketKind::kBinary, frames, random_word());
}

void Tunnel::send(std::string_view bytes) { carry(SpdyEncoder::data(kDataStream, bytes, false)); }

void Tunnel::finish() { carry(SpdyEncoder::data(kDataStream, "", true)); }

Result<bool> Tunnel::flush() {
  if (out_.empty()) return false;
  KF_TRY(const size_t sent, stream_->send(out_));
  out_.erase(0, sent);
  return sent > 0;
}

Result<Tunnel::News> Tunnel::receive() {
  News news;
  std::string bytes;
  KF_TRY(const ByteStream::Received got, stream_->receive(bytes));
  news.any = got == ByteStream::Received::kSome;
  if (news.any) {
    heard_ = Clock::now();
    KF_DO(take(bytes));
  }
  news.data = std::exchange(in_, "");
  if (got == ByteStream::Received::kEnd) {
    if (!ended_ && trouble_.empty()) {
      return Error(ErrorKind::kNetwork, "the server closed the connection");
    }
    ended_ = over_ = true;
  }
  const auto quiet = Clock::now() - heard_;
  if (quiet > kQuiet + kPatience) return Error(ErrorKind::kNetwork, "the server went silent");
  if (quiet > kQuiet) keep_alive();
  return news;
}

void Tunnel::keep_alive() {
  if (Clock::now() - asked_ < kQuiet) return;
  asked_ = Clock::now();
  carry(SpdyEncoder::ping(++pings_ * 2 - 1));
}

Status Tunnel::take(std::string_view bytes) {
  if (carrier_ == Carrier::kSpdy) {
    return decoder_.feed(bytes, [this](const SpdyFrame& frame) { take(frame); });
  }
  KF_DO(websocket_.feed(bytes, [this](const WebSocketMessage& message) { take(message); }));
  return broken_;
}

void Tunnel::take(const WebSocketMessage& message) {
  if (message.kind == WebSocketKind::kPing) {
    out_ += websocket_frame(WebSocketKind::kPong, message.payload, random_word());
  }
  if (message.kind != WebSocketKind::kBinary || !broken_.ok()) return;
  broken_ = decoder_.feed(message.payload, [this](const SpdyFrame& frame) { take(frame); });
}

void Tunnel::take(const SpdyFrame& frame) {
  switch (frame.kind) {
    case SpdyFrame::Kind::kData:
      if (frame.stream == kDataStream) in_ += frame.payload;
      if (frame.stream == kErrorStream && trouble_.size() < kMaxTrouble) trouble_ += frame.payload;
      break;
    case SpdyFrame::Kind::kPing:
      if (frame.number % 2 == 0) carry(SpdyEncoder::ping(frame.number));
      return;
    case SpdyFrame::Kind::kReset:
      if (trouble_.empty()) trouble_ = "the node reset the connection";
      ended_ = over_ = true;
      return;
    case SpdyFrame::Kind::kGoAway:
      ended_ = over_ = true;
      return;
    case SpdyFrame::Kind::kReply:
    case SpdyFrame::Kind::kOther:
      break;
  }
  if (frame.stream == kDataStream && frame.last) ended_ = true;
  if (frame.stream == kErrorStream && frame.last) over_ = true;
}

}  // namespace kfctl
