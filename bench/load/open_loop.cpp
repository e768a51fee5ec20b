// SPDX-License-Identifier: MIT
#include <deque>
#include <memory>
#include <stdexcept>

#include <boost/asio/steady_timer.hpp>

#include "bench/load/markers.hpp"
#include "bench/load/measuring.hpp"
#include "bench/load/modes.hpp"

namespace tidings::bench {

namespace {

// How long answers may take to come home after the last request was due.
constexpr double patience = 15;

class open_loop_run {
public:
  explicit open_loop_run(const open_loop_options& options)
      : options_{options}, total_{static_cast<uint64_t>((options.warm_up + options.seconds) * options.rate)},
        first_measured_{static_cast<uint64_t>(options.warm_up * options.rate)} {
    if (!options.events_path.empty()) told_.resize(total_);
    for (unsigned i = 0; i < options.connections; ++i) {
      clients_.push_back(std::make_unique<http_client>(io_, options.target));
      idle_.push_back(clients_.back().get());
    }
  }

  json run() {
    if (!options_.events_path.empty())
      events_.emplace(io_, options_.target, options_.events_path, [this](std::string_view text) { on_events(text); });
    // The stream must stand before the first command.
    timer_.expires_after(seconds(events_ ? 0.5 : 0.05));
    timer_.async_wait([this](boost::system::error_code) {
      began_ = clock::now();
      send_due();
    });
    io_.run_for(
        std::chrono::duration_cast<std::chrono::milliseconds>(seconds(options_.warm_up + options_.seconds + patience)));
    if (answered_ < total_ || (events_ && events_left_ > 0))
      throw std::runtime_error{"open loop: " + std::to_string(total_ - answered_) + " requests and " +
                               std::to_string(events_left_) + " events were not answered in time"};
    auto result = from_intended_.summary();
    result["service"] = service_.summary();
    if (events_) result["events"] = by_event_.summary();
    result["rate"] = options_.rate;
    result["per_second"] = static_cast<double>(total_ - first_measured_) / took_;
    result["failed"] = failed_;
    return result;
  }

private:
  clock::time_point due(uint64_t number) const { return began_ + seconds(static_cast<double>(number) / options_.rate); }

  void send_due() {
    auto now = clock::now();
    while (!idle_.empty() && next_ < total_ && due(next_) <= now)
      send(next_++);
    // While everything is busy the next answer goes on; what is due meanwhile is charged with the wait.
    if (next_ == total_ || idle_.empty()) return;
    timer_.expires_at(due(next_));
    timer_.async_wait([this](boost::system::error_code ec) {
      if (!ec) send_due();
    });
  }

  void send(uint64_t number) {
    if (number == first_measured_) tell("measuring");
    auto* client = idle_.front();
    idle_.pop_front();
    auto sent = clock::now();
    auto request =
        options_.target.request(options_.method, fill_in(options_.path, number), fill_in(options_.body, number));
    client->send(std::move(request), [this, client, number, sent](unsigned status, std::string_view body) {
      if (status == 0) throw std::runtime_error{"open loop: a connection broke: " + std::string{body}};
      on_answer(number, sent, status);
      idle_.push_back(client);
      send_due();
    });
  }

  void on_answer(uint64_t number, clock::time_point sent, unsigned status) {
    if (status / 100 != 2) ++failed_;
    if (number >= first_measured_) {
      from_intended_.record(clock::now() - due(number));
      service_.record(clock::now() - sent);
    }
    if (++answered_ == total_) {
      took_ = seconds_since(due(first_measured_));
      tell("measured");
    }
    end_if_complete();
  }

  void on_events(std::string_view text) {
    finder_.feed(text, [this](uint64_t number) {
      // An event may name its document more than once, and a pending outcome comes before the final one on some
      // servers.
      if (number >= total_ || told_[number]) return;
      told_[number] = true;
      if (number >= first_measured_) by_event_.record(clock::now() - due(number));
      --events_left_;
    });
    end_if_complete();
  }

  void end_if_complete() {
    if (answered_ == total_ && (!events_ || events_left_ == 0)) io_.stop();
  }

  const open_loop_options& options_;
  const uint64_t total_, first_measured_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  std::vector<std::unique_ptr<http_client>> clients_;
  std::deque<http_client*> idle_; ///< In turn: a server closes a connection that it never hears from.
  std::optional<event_listener> events_;
  marker_finder finder_;
  std::vector<bool> told_;
  clock::time_point began_;
  uint64_t next_ = 0, answered_ = 0, failed_ = 0, events_left_ = total_;
  double took_ = 0;
  histogram from_intended_, service_, by_event_;
};

} // namespace

void open_loop(const open_loop_options& options) {
  auto run = std::make_unique<open_loop_run>(options); // its histograms are large
  tell(run->run().dump());
}

} // namespace tidings::bench
