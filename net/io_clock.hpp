// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <caf/detail/simple_actor_clock.hpp>

namespace tidings::net {

/// CAF's clock on an io_context: an ordered map and one timer instead of a clock thread, so that a deadline costs no
/// context switch. Callable from any thread; works on the io thread.
class io_clock : public caf::detail::simple_actor_clock {
public:
  explicit io_clock(boost::asio::io_context& io) : io_{io}, timer_{io} { look(); }

  /// When `look` was called last: CAF asks with every message that an actor takes, and time is not for free.
  time_point now() const noexcept override { return time_point{time_point::duration{now_.load(std::memory_order_relaxed)}}; }
  /// To be called whenever the loop has come to something else.
  void look() noexcept { now_.store(super::now().time_since_epoch().count(), std::memory_order_relaxed); }

  void set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) override;
  void set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) override;
  void set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) override;
  void cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) override;
  void cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) override;
  void cancel_timeouts(caf::abstract_actor* self) override;
  void schedule_message(time_point t, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) override;
  void schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender, caf::message content) override;
  void cancel_all() override;

  /// Forgets everything at once; for the time after the io_context has returned.
  void shutdown();

private:
  using super = caf::detail::simple_actor_clock;

  template <class F>
  void on_io(F&& f);
  void arm();

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  std::optional<time_point> armed_;
  bool firing_ = false;
  std::atomic<time_point::rep> now_;
};

} // namespace tidings::net
