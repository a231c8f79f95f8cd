// A server on a free loopback port that answers each request with prepared bytes: for what a real
// server never does (breaking off, lying about its length).
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kfctl {

class Loopback {
 public:
  /// `answer` gives the bytes for a request (its head as text); "" closes without an answer. It
  /// runs on the threads of the connections.
  explicit Loopback(std::function<std::string(const std::string& head)> answer)
      : answer_(std::move(answer)) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    listen(socket_, 64);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepter_ = std::thread([this] { accept_all(); });
  }

  ~Loopback() {
    shutdown(socket_, SHUT_RDWR);
    accepter_.join();
    close(socket_);
    for (std::thread& thread : threads_) thread.join();
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    while (true) {
      const int client = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      ++connections_;
      threads_.emplace_back([this, client] { serve(client); });
    }
  }

  void serve(int client) {
    std::string text;
    char buffer[4096];
    ssize_t got = 0;
    while ((got = read(client, buffer, sizeof buffer)) > 0) {
      text.append(buffer, static_cast<size_t>(got));
      // A TLS hello is answered as web servers do that were spoken to in the wrong language.
      const bool hello = text[0] == '\x16';
      if (!hello && text.find("\r\n\r\n") == std::string::npos) continue;
      const std::string reply = answer_(text);
      text.clear();
      if (reply.empty() || send(client, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) break;
      if (reply.find("Connection: close") != std::string::npos) break;
    }
    close(client);
  }

  std::function<std::string(const std::string&)> answer_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::thread accepter_;
  std::vector<std::thread> threads_;  // touched by accepter_ until it is joined
};

}  // namespace kfctl
