// SPDX-License-Identifier: MIT
#include <functional>
#include <memory>
#include <stdexcept>

#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/streambuf.hpp>

#include "bench/load/markers.hpp"
#include "bench/load/measuring.hpp"
#include "bench/load/modes.hpp"

namespace tidings::bench {

namespace {

constexpr double patience = 20;
constexpr unsigned at_once = 100; // how many streams may be opening

class listen_run {
public:
  explicit listen_run(const listen_options& options)
      : options_{options}, input_{io_, ::dup(STDIN_FILENO)}, publisher_{io_, options.target}, heard_(options.listeners),
        seen_(options.listeners) {}

  void run() {
    began_ = clock::now();
    wait_at_most(60);
    while (listeners_.size() < std::min(at_once, options_.listeners))
      open_one();
    io_.run();
    if (!trouble_.empty()) throw std::runtime_error{"listen: " + trouble_};
  }

private:
  void open_one() {
    auto i = listeners_.size();
    listeners_.push_back(
        std::make_unique<event_listener>(io_, options_.target, options_.path, [this, i](std::string_view text) {
          if (!heard_[i]) on_head(i, text);
          finders_[i].feed(text, [this, i](uint64_t number) {
            if (number == round_) on_event(i);
          });
        }));
    finders_.resize(listeners_.size());
  }

  void on_head(size_t i, std::string_view text) {
    if (!text.starts_with("HTTP/1.1 200")) throw std::runtime_error{"listen: " + std::string{text.substr(0, 200)}};
    heard_[i] = true;
    if (++open_ < options_.listeners) {
      if (listeners_.size() < options_.listeners) open_one();
      return;
    }
    timer_.cancel();
    tell(json{{"open", open_}, {"seconds", seconds_since(began_)}}.dump());
    obey();
  }

  void obey() {
    boost::asio::async_read_until(input_, line_, '\n', [this](boost::system::error_code ec, size_t n) {
      if (ec) return io_.stop(); // whoever gave orders is gone
      std::string order{boost::asio::buffers_begin(line_.data()),
                        boost::asio::buffers_begin(line_.data()) + static_cast<long>(n) - 1};
      line_.consume(n);
      if (order == "quit") return io_.stop();
      begin_round();
    });
  }

  void begin_round() {
    ++round_;
    told_ = 0;
    std::fill(seen_.begin(), seen_.end(), false);
    delays_ = std::make_unique<histogram>();
    wait_at_most(patience);
    tell("measuring");
    sent_ = clock::now();
    publisher_.send(options_.target.request("POST", options_.publish_path, fill_in(options_.publish_body, round_)),
                    [this](unsigned status, std::string_view body) {
                      if (status / 100 != 2)
                        throw std::runtime_error{"listen: publishing: " + std::to_string(status) + ' ' +
                                                 std::string{body}};
                      answered_ = true;
                      end_round_if_complete();
                    });
  }

  void on_event(size_t i) {
    if (seen_[i]) return;
    seen_[i] = true;
    delays_->record(clock::now() - sent_);
    ++told_;
    end_round_if_complete();
  }

  void end_round_if_complete() {
    if (!answered_ || told_ < options_.listeners) return;
    answered_ = false;
    timer_.cancel();
    tell("measured");
    tell(delays_->summary().dump());
    obey();
  }

  void wait_at_most(double limit) {
    timer_.expires_after(seconds(limit));
    timer_.async_wait([this](boost::system::error_code ec) {
      if (ec) return;
      trouble_ = std::to_string(open_) + " streams open, " + std::to_string(told_) + " of them told in time";
      io_.stop();
    });
  }

  const listen_options& options_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer timer_{io_};
  boost::asio::posix::stream_descriptor input_;
  boost::asio::streambuf line_;
  http_client publisher_;
  std::vector<std::unique_ptr<event_listener>> listeners_;
  std::vector<marker_finder> finders_;
  std::vector<bool> heard_, seen_;
  unsigned open_ = 0, told_ = 0;
  uint64_t round_ = 0;
  bool answered_ = false;
  clock::time_point began_, sent_;
  std::unique_ptr<histogram> delays_;
  std::string trouble_;
};

} // namespace

void listen(const listen_options& options) {
  // A shell gives 1,024, which is for people.
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  listen_run{options}.run();
}

} // namespace tidings::bench
