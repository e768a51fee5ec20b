// SPDX-License-Identifier: MIT
#include <stdexcept>

#include <boost/asio/executor_work_guard.hpp>

#include "bench/load/markers.hpp"
#include "bench/load/measuring.hpp"
#include "bench/load/modes.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/timestamp.hpp"
#include "net/jetstream.hpp"
#include "net/nats_connection.hpp"

namespace tidings::bench {

namespace {

constexpr uint64_t at_once = 1024;
constexpr const char* categories[] = {"Town", "City", "County/Region", "Country", "Continent"};

class fill_run {
public:
  explicit fill_run(const fill_options& options)
      : options_{options}, inbox_{"_INBOX." + make_session_id()},
        connection_{io_,
                    net::nats_options{options.url, "fill"},
                    {[this] { on_readable(); },
                     [this](bool up) {
                       if (!up) throw std::runtime_error{"fill: the connection broke"};
                       auto sub = connection_.subscribe(inbox_, {});
                       if (!sub) throw std::runtime_error{failure_of(sub.error()).detail};
                       acks_.emplace(std::move(*sub));
                       put();
                     },
                     [](std::string what) { throw std::runtime_error{"fill: " + what}; }}} {}

  void run() {
    if (auto err = connection_.connect()) throw std::runtime_error{failure_of(err).detail};
    io_.run_for(std::chrono::minutes{5});
    if (stored_ < options_.documents)
      throw std::runtime_error{"fill: only " + std::to_string(stored_) + " documents were stored in time"};
  }

private:
  void put() {
    for (; sent_ < options_.documents && sent_ - stored_ < at_once; ++sent_) {
      auto key = key_of(sent_);
      // Names in no order, as people give them.
      auto name = "Place " + std::to_string(sent_ * 2654435761U % 4294967296U);
      std::string text = std::string{R"({"id":")"} + key + R"(","name":")" + name + R"(","category":")" +
                         categories[sent_ % 5] + R"(","description":"Three towers","created_at":")" + now_ + R"("})";
      if (auto err = connection_.publish("$KV." + options_.bucket + '.' + key, inbox_, {}, text))
        throw std::runtime_error{failure_of(err).detail};
    }
  }

  void on_readable() {
    if (!acks_) return;
    net::nats_connection::drain(acks_->get(), drained_);
    for (auto& msg : drained_)
      if (auto ack = net::jetstream::parse_pub_ack(msg.data()); !ack)
        throw std::runtime_error{"fill: " + failure_of(ack.error()).detail};
    stored_ += drained_.size();
    drained_.clear();
    if (stored_ == options_.documents)
      io_.stop();
    else
      put();
  }

  const fill_options& options_;
  const std::string inbox_, now_ = now_rfc3339();
  boost::asio::io_context io_{1};
  // Connecting goes on elsewhere; until then the loop has nothing to do.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  net::nats_connection connection_;
  std::optional<net::nats_connection::subscription> acks_;
  std::vector<net::nats_message> drained_;
  uint64_t sent_ = 0, stored_ = 0;
};

} // namespace

void fill(const fill_options& options) {
  auto began = clock::now();
  fill_run{options}.run();
  tell(json{{"documents", options.documents}, {"seconds", seconds_since(began)}}.dump());
}

} // namespace tidings::bench
