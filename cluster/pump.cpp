#include "cluster/pump.h"

#include <cerrno>
#include <chrono>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kfctl {
namespace {

constexpr int kPollMs = 100;  // how long a cancellation may go unseen
constexpr size_t kPiece = 32 * 1024;
constexpr size_t kHeld = 256 * 1024;  // of either direction, before no more is read
constexpr std::chrono::seconds kLastWords(5);

using Clock = std::chrono::steady_clock;

class Pump {
 public:
  Pump(int socket, Tunnel& tunnel) : socket_(socket), tunnel_(tunnel) {}

  Status run(const CancelToken& cancel) {
    while (!over()) {
      if (cancel.cancelled()) return cancelled_error();
      KF_TRY(const bool received, read_tunnel());
      const bool written = write_socket();
      end_socket();
      const bool read = read_socket();
      KF_TRY(const bool sent, tunnel_.flush());
      if (!received && !written && !read && !sent) await();
    }
    if (tunnel_.trouble().empty()) return Ok{};
    return Error(ErrorKind::kCluster, tunnel_.trouble());
  }

 private:
  bool over() const {
    if (gone_) return true;
    return told_ && (tunnel_.over() || Clock::now() - told_at_ > kLastWords);
  }
  bool may_read_tunnel() const { return !tunnel_.over() && held_.size() < kHeld; }
  bool may_read_socket() const { return !finished_ && tunnel_.unsent() < kHeld; }

  Result<bool> read_tunnel() {
    if (!may_read_tunnel()) return false;
    KF_TRY(Tunnel::News news, tunnel_.receive());
    held_ += news.data;
    return news.any;
  }

  bool write_socket() {
    if (held_.empty() || gone_) return false;
    const ssize_t written = ::send(socket_, held_.data(), held_.size(), MSG_NOSIGNAL);
    if (written > 0) held_.erase(0, static_cast<size_t>(written));
    gone_ = written < 0 && errno != EAGAIN && errno != EINTR;
    return written > 0;
  }

  // The pod has said all; what the kubelet says of it may still come.
  void end_socket() {
    if (told_ || !tunnel_.ended() || !held_.empty()) return;
    ::shutdown(socket_, SHUT_WR);
    told_ = true;
    told_at_ = Clock::now();
  }

  bool read_socket() {
    if (!may_read_socket()) return false;
    char piece[kPiece];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got > 0) {
      tunnel_.send({piece, static_cast<size_t>(got)});
    } else if (got == 0) {
      tunnel_.finish();
      finished_ = true;
    } else {
      gone_ = gone_ || (errno != EAGAIN && errno != EINTR);
      return false;
    }
    return true;
  }

  void await() const {
    const auto wanted = [](bool in, bool out) {
      return static_cast<short>((in ? POLLIN : 0) | (out ? POLLOUT : 0));
    };
    pollfd both[] = {
        {socket_, wanted(may_read_socket(), !held_.empty()), 0},
        {tunnel_.descriptor(), wanted(may_read_tunnel(), tunnel_.unsent() > 0), 0},
    };
    // Of a socket that nothing is wanted of, poll tells a reset again and again.
    if (both[0].events == 0) both[0].fd = -1;
    if (both[1].events == 0) both[1].fd = -1;
    poll(both, 2, kPollMs);
  }

  int socket_;
  Tunnel& tunnel_;
  std::string held_;       // for the socket
  bool finished_ = false;  // the socket sends nothing more
  bool gone_ = false;      // and takes nothing either
  bool told_ = false;      // it knows that the pod sends nothing more
  Clock::time_point told_at_;
};

}  // namespace

Status pump(int socket, Tunnel& tunnel, const CancelToken& cancel) {
  return Pump(socket, tunnel).run(cancel);
}

}  // namespace kfctl
