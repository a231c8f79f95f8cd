// Tunnel: one connection to one port of a pod, through the API server and the node's kubelet.
//
// kube-apiserver 1.31 and newer tunnel SPDY/3.1 in a WebSocket (subprotocol
// SPDY/3.1+portforward.k8s.io) and turn it into SPDY towards the kubelet. An older server, or one
// that lets this user create but not get pods/portforward, is asked for SPDY itself, as kubectl did
// for ever. The frames within are the same.
//
// Each tunnel carries a single connection: SPDY as kubelets speak it has no flow control, so that
// several in one tunnel would wait for the slowest reader, and a fault of one would end all.
//
// Nothing here waits but open. Belongs to one thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_stream.h"
#include "base/cancel.h"
#include "base/http.h"
#include "base/result.h"
#include "base/websocket.h"
#include "cluster/spdy.h"

namespace kfctl {

struct TunnelOptions {
  HttpOptions http;
  std::vector<HttpHeader> headers;  // who we are
  std::string server;
  std::string namespace_;
  std::string pod;
  int port = 0;
};

class Tunnel {
 public:
  /// Errors: what the server says (kCluster: no such pod, forbidden, not running), kNetwork,
  /// kInterrupted.
  static Result<std::unique_ptr<Tunnel>> open(const TunnelOptions& options,
                                              const OpenByteStream& open_stream,
                                              const CancelToken& cancel);

  void send(std::string_view bytes);
  /// Nothing more will be sent; what the pod answers still comes.
  void finish();

  /// Bytes that wait to go out.
  size_t unsent() const { return out_.size(); }
  /// Sends what fits now; true if anything did. Errors: kNetwork if the connection broke.
  Result<bool> flush();

  /// What has come since the last time.
  struct News {
    std::string data;
    bool any = false;  // anything came, if only a sign of life
  };
  /// Errors: kNetwork if the connection broke before the pod's side was over.
  Result<News> receive();

  /// The pod sends nothing more.
  bool ended() const { return ended_; }
  /// And nothing more is said of how it went: trouble() is all there is.
  bool over() const { return ended_ && over_; }
  /// Why the kubelet could not connect, or lost the pod: its own words, "" if it did not.
  const std::string& trouble() const { return trouble_; }

  int descriptor() const { return stream_->descriptor(); }

 private:
  enum class Carrier { kWebSocket, kSpdy };

  Tunnel(std::unique_ptr<ByteStream> stream, Carrier carrier)
      : stream_(std::move(stream)), carrier_(carrier) {}

  void begin(int port);
  void carry(const std::string& frames);
  Status take(std::string_view bytes);
  void take(const SpdyFrame& frame);
  void take(const WebSocketMessage& message);
  void keep_alive();

  using Clock = std::chrono::steady_clock;

  std::unique_ptr<ByteStream> stream_;
  Carrier carrier_;
  SpdyEncoder encoder_;
  SpdyDecoder decoder_;
  WebSocketDecoder websocket_;
  std::string out_;
  std::string in_;  // of the data stream, to be told
  std::string trouble_;
  Status broken_ = Ok{};  // by what came in a message of the WebSocket
  bool ended_ = false;
  bool over_ = false;
  Clock::time_point heard_ = Clock::now();
  Clock::time_point asked_ = heard_;
  uint32_t pings_ = 0;
};

}  // namespace kfctl
