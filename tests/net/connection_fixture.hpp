// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "envelopes/errc.hpp"
#include "net/http_connection.hpp"

namespace tidings::net::testing {

/// Writes down what a connection tells its owner, and answers when it has an `answer`.
class fake_owner : public http_handler {
public:
  std::vector<http_request> requests;
  std::vector<std::pair<errc, std::string>> refused; ///< Code and path.
  int peer_closed = 0;
  int drained = 0;
  int closed = 0;
  bool in_call = false; ///< The test is calling into the connection.
  int reentered = 0;    ///< Calls that came from within one of ours, or after on_closed. Must stay 0.
  std::function<void(const http_request&)> answer;
  std::function<void(errc)> answer_refused;

  void on_request(http_request request) override {
    note();
    requests.push_back(std::move(request));
    if (answer) answer(requests.back());
  }

  void on_bad_request(caf::error why, std::string path) override {
    note();
    refused.emplace_back(code_of(why), std::move(path));
    if (answer_refused) answer_refused(refused.back().first);
  }

  void on_peer_closed() override {
    note();
    ++peer_closed;
  }

  void on_drained() override {
    note();
    ++drained;
  }

  void on_closed() override {
    note();
    ++closed;
  }

private:
  void note() {
    if (in_call || closed > 0) ++reentered;
  }
};

/// One connection over loopback, both ends driven by the test's thread. Nothing here sleeps: deadlines are checked
/// with the time that the test chooses.
class connection_fixture {
public:
  using clock = std::chrono::steady_clock;

  http_limits limits;
  boost::asio::io_context io{1};
  std::shared_ptr<fake_owner> owner = std::make_shared<fake_owner>();
  std::shared_ptr<http_connection> connection;
  boost::asio::ip::tcp::socket client{io};
  std::string received; ///< All that the client has read.
  bool ended = false;   ///< The client has read the end, orderly.
  bool was_reset = false;

  ~connection_fixture() {
    if (connection) connection->abort();
    io.restart();
    io.poll();
  }

  /// @param buffers sizes of the kernel's buffers on both ways; 0 leaves the default.
  void open(int buffers = 0) {
    using boost::asio::ip::tcp;
    tcp::acceptor acceptor{io, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    client.open(tcp::v4());
    if (buffers > 0) client.set_option(boost::asio::socket_base::receive_buffer_size{buffers});
    client.connect(acceptor.local_endpoint());
    auto server = acceptor.accept();
    if (buffers > 0) server.set_option(boost::asio::socket_base::send_buffer_size{buffers});
    client.non_blocking(true);
    connection = http_connection::make(std::move(server), limits, owner);
    connection->start();
  }

  /// A fresh connection and owner for the next case of a list.
  void reopen() {
    connection->abort();
    pump();
    client.close();
    client = boost::asio::ip::tcp::socket{io};
    received.clear();
    ended = was_reset = false;
    auto answer_refused = owner->answer_refused;
    auto answer = owner->answer;
    owner = std::make_shared<fake_owner>();
    owner->answer = answer;
    owner->answer_refused = answer_refused;
    open();
  }

  /// A call into the connection, as the owner makes it.
  template <class F>
  auto call(F f) {
    struct guard {
      bool& flag;
      bool before;
      ~guard() { flag = before; }
    } restore{owner->in_call, std::exchange(owner->in_call, true)};
    return f(*connection);
  }

  static http_response text(std::string body, uint16_t status = 200) {
    http_response result;
    result.status = status;
    result.content_type = "text/plain";
    result.body = std::move(body);
    return result;
  }

  void respond(http_response response) {
    call([&](auto& c) { c.respond(std::move(response)); });
  }

  /// Every request is answered with its path, as soon as it comes; every refusal with its status.
  void echo() {
    owner->answer = [this](const http_request& r) { respond(text(r.path)); };
    refuse_at_once();
  }

  void refuse_at_once() {
    owner->answer_refused = [this](errc code) { respond(text("refused", http_status_of(code))); };
  }

  void check_deadlines_at(clock::time_point now) {
    call([&](auto& c) { c.check_deadlines(now); });
  }

  void check_deadlines_in(std::chrono::milliseconds ahead) { check_deadlines_at(clock::now() + ahead); }

  /// Sends all of `bytes`, letting the connection run when it must read first.
  /// @returns false when the connection takes no more.
  bool send(std::string_view bytes) {
    auto give_up = clock::now() + std::chrono::seconds{5};
    while (!bytes.empty() && clock::now() < give_up) {
      boost::system::error_code ec;
      auto n = client.write_some(boost::asio::buffer(bytes), ec);
      bytes.remove_prefix(n);
      if (ec && ec != boost::asio::error::would_block) return false;
      turn();
    }
    return bytes.empty();
  }

  /// Runs until `condition`, or for 5 s. @returns whether it came true.
  template <class F>
  bool until(F condition) {
    auto give_up = clock::now() + std::chrono::seconds{5};
    while (!condition() && clock::now() < give_up) {
      turn();
      read();
    }
    return condition();
  }

  bool until_received(std::string_view part) {
    return until([&] { return received.find(part) != std::string::npos; });
  }

  /// Runs until the client has seen the end of the connection.
  bool until_ended() {
    return until([&] { return ended || was_reset; });
  }

  bool until_closed() {
    return until([&] { return owner->closed > 0; });
  }

  /// Lets everything that can happen now happen; loopback delivers at once.
  void pump() {
    for (int i = 0; i < 20; ++i) {
      io.restart();
      io.poll();
    }
  }

  /// How often `part` is in what the client has read.
  size_t count(std::string_view part) const {
    size_t result = 0;
    for (auto at = received.find(part); at != std::string::npos; at = received.find(part, at + part.size()))
      ++result;
    return result;
  }

  void read() {
    boost::system::error_code ec;
    char bytes[64 * 1024];
    while (!ec && !ended)
      received.append(bytes, client.read_some(boost::asio::buffer(bytes), ec));
    ended |= ec == boost::asio::error::eof;
    was_reset |= ec == boost::asio::error::connection_reset || ec == boost::asio::error::broken_pipe;
  }

  void turn() {
    io.restart();
    if (io.poll() == 0) io.run_one_for(std::chrono::milliseconds{1});
  }
};

} // namespace tidings::net::testing
