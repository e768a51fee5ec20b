// SPDX-License-Identifier: MIT
#include "net/io_clock.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include <caf/actor_control_block.hpp>

namespace tidings::net {

namespace {

// Keeps the actor alive while its timeout hops to the io thread.
caf::strong_actor_ptr hold(caf::abstract_actor* self) {
  return self->ctrl();
}

} // namespace

template <class F>
void io_clock::on_io(F&& f) {
  if (io_.get_executor().running_in_this_thread()) {
    f();
  } else {
    boost::asio::post(io_, std::forward<F>(f));
  }
}

void io_clock::set_ordinary_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) {
  on_io([this, t, ref = hold(self), type, id] {
    super::set_ordinary_timeout(t, ref->get(), type, id);
    arm();
  });
}

void io_clock::set_multi_timeout(time_point t, caf::abstract_actor* self, caf::atom_value type, uint64_t id) {
  on_io([this, t, ref = hold(self), type, id] {
    super::set_multi_timeout(t, ref->get(), type, id);
    arm();
  });
}

void io_clock::set_request_timeout(time_point t, caf::abstract_actor* self, caf::message_id id) {
  on_io([this, t, ref = hold(self), id] {
    super::set_request_timeout(t, ref->get(), id);
    arm();
  });
}

// Cancellations may come from a destructor: they carry the actor's number, never a reference.

void io_clock::cancel_ordinary_timeout(caf::abstract_actor* self, caf::atom_value type) {
  on_io([this, x = ordinary_timeout_cancellation{self->id(), type}] { handle(x); });
}

void io_clock::cancel_request_timeout(caf::abstract_actor* self, caf::message_id id) {
  on_io([this, x = request_timeout_cancellation{self->id(), id}] { handle(x); });
}

void io_clock::cancel_timeouts(caf::abstract_actor* self) {
  on_io([this, x = timeouts_cancellation{self->id()}] { handle(x); });
}

void io_clock::schedule_message(time_point t, caf::strong_actor_ptr receiver, caf::mailbox_element_ptr content) {
  on_io([this, t, r = std::move(receiver), c = std::move(content)]() mutable {
    super::schedule_message(t, std::move(r), std::move(c));
    arm();
  });
}

void io_clock::schedule_message(time_point t, caf::group target, caf::strong_actor_ptr sender, caf::message content) {
  on_io([this, t, g = std::move(target), s = std::move(sender), c = std::move(content)]() mutable {
    super::schedule_message(t, std::move(g), std::move(s), std::move(c));
    arm();
  });
}

void io_clock::cancel_all() {
  on_io([this] { shutdown(); });
}

void io_clock::shutdown() {
  super::cancel_all();
  timer_.cancel();
  armed_.reset();
}

void io_clock::arm() {
  if (firing_ || schedule().empty()) return;
  auto due = schedule().begin()->first;
  if (armed_ && *armed_ <= due) return; // an early wake-up finds nothing due and arms again
  armed_ = due;
  timer_.expires_at(due);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec) return; // armed anew, or shut down
    armed_.reset();
    firing_ = true;
    look();
    trigger_expired_timeouts();
    firing_ = false;
    arm();
  });
}

} // namespace tidings::net
