// SPDX-License-Identifier: MIT
#include <charconv>
#include <memory>
#include <stdexcept>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>

#include "bench/load/measuring.hpp"
#include "bench/load/modes.hpp"
#include "envelopes/errc.hpp"
#include "envelopes/ids.hpp"
#include "envelopes/timestamp.hpp"
#include "net/nats_connection.hpp"

namespace tidings::bench {

namespace {

constexpr double patience = 15;

class bus_run {
public:
  explicit bus_run(const bus_options& options)
      : options_{options}, is_command_{options.subject.starts_with("commands.")},
        type_{options.subject.substr(options.subject.find('.') + 1)}, inbox_{"_INBOX." + make_session_id()},
        started_(options.in_flight), connection_{io_,
                                                 net::nats_options{options.url, "load"},
                                                 {[this] { on_readable(); },
                                                  [this](bool up) {
                                                    if (!up) throw std::runtime_error{"bus: the connection broke"};
                                                    begin();
                                                  },
                                                  [](std::string what) { throw std::runtime_error{"bus: " + what}; }}} {
  }

  json run() {
    if (auto err = connection_.connect()) throw std::runtime_error{failure_of(err).detail};
    io_.run_for(
        std::chrono::duration_cast<std::chrono::milliseconds>(seconds(options_.warm_up + options_.seconds + patience)));
    if (under_way_ > 0)
      throw std::runtime_error{"bus: " + std::to_string(under_way_) + " requests were not answered in time"};
    auto result = latencies_->summary();
    result["seconds"] = took_;
    result["per_second"] = static_cast<double>(latencies_->count()) / took_;
    result["failed"] = failed_;
    result["answered"] = answered_;
    return result;
  }

private:
  void begin() {
    auto sub = connection_.subscribe(inbox_ + ".*", {});
    if (!sub) throw std::runtime_error{failure_of(sub.error()).detail};
    replies_.emplace(std::move(*sub));
    for (uint32_t i = 0; i < options_.in_flight; ++i)
      send(i);
    timer_.expires_after(seconds(options_.warm_up));
    timer_.async_wait([this](boost::system::error_code) {
      latencies_ = std::make_unique<histogram>();
      failed_ = 0;
      began_ = clock::now();
      tell("measuring");
      timer_.expires_after(seconds(options_.seconds));
      timer_.async_wait([this](boost::system::error_code) {
        took_ = seconds_since(began_);
        tell("measured");
        stopping_ = true;
      });
    });
  }

  void send(uint32_t slot) {
    auto id = is_command_ ? make_command_id() : make_query_id();
    std::string text;
    text.append(is_command_ ? R"({"command_type":")" : R"({"query_type":")").append(type_);
    text.append(is_command_ ? R"(","command_id":")" : R"(","query_id":")").append(id);
    text.append(R"(","service_id":"bench","timestamp":")")
        .append(now_rfc3339())
        .append(R"(","payload":)")
        .append(options_.body)
        .append("}");
    started_[slot] = clock::now();
    ++under_way_;
    if (auto err = connection_.publish(options_.subject, inbox_ + '.' + std::to_string(slot), {}, text))
      throw std::runtime_error{failure_of(err).detail};
  }

  void on_readable() {
    if (!replies_) return;
    net::nats_connection::drain(replies_->get(), drained_);
    for (auto& msg : drained_) {
      auto number = msg.subject().substr(inbox_.size() + 1);
      uint32_t slot = 0;
      std::from_chars(number.data(), number.data() + number.size(), slot);
      if (msg.data().find(R"("success":true)") == std::string_view::npos) {
        if (failed_++ == 0) std::cerr << "bus: " << msg.data() << std::endl;
      } else if (!stopping_) {
        latencies_->record(clock::now() - started_.at(slot));
      }
      --under_way_;
      ++answered_;
      if (!stopping_) send(slot);
    }
    drained_.clear();
    if (stopping_ && under_way_ == 0) io_.stop();
  }

  const bus_options& options_;
  const bool is_command_;
  const std::string type_, inbox_;
  boost::asio::io_context io_{1};
  // Connecting goes on elsewhere; until then the loop has nothing to do.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
  boost::asio::steady_timer timer_{io_};
  std::vector<clock::time_point> started_;
  net::nats_connection connection_;
  std::optional<net::nats_connection::subscription> replies_;
  std::vector<net::nats_message> drained_;
  std::unique_ptr<histogram> latencies_ = std::make_unique<histogram>();
  clock::time_point began_;
  double took_ = 0;
  uint64_t failed_ = 0, answered_ = 0; // those of the warm-up, too, are answered
  uint32_t under_way_ = 0;
  bool stopping_ = false;
};

} // namespace

void bus(const bus_options& options) { tell(bus_run{options}.run().dump()); }

} // namespace tidings::bench
