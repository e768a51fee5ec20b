// SPDX-License-Identifier: MIT
#include "net/io_unit.hpp"

#include <utility>

#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

namespace tidings::net {

namespace {

// Messages one actor may take before others have their turn: a full mailbox must not starve the rest.
constexpr size_t throughput = 256;

// Activations in one go before sockets have their turn.
constexpr size_t batch = 1024;

// Activations between two looks at the clock.
constexpr size_t moment = 16;

// Owns the reference until the job runs, also when the io_context ends before that.
class foreign_job {
public:
  foreign_job(caf::resumable* job, void (*run)(void*, caf::resumable*), void* unit) noexcept
      : job_{job}, run_{run}, unit_{unit} {}
  foreign_job(foreign_job&& x) noexcept : job_{std::exchange(x.job_, nullptr)}, run_{x.run_}, unit_{x.unit_} {}
  foreign_job& operator=(foreign_job&&) = delete;
  ~foreign_job() {
    if (job_ != nullptr) caf::scheduler::abstract_coordinator::cleanup_and_release(job_);
  }
  void operator()() { run_(unit_, std::exchange(job_, nullptr)); }

private:
  caf::resumable* job_;
  void (*run_)(void*, caf::resumable*);
  void* unit_;
};

} // namespace

io_unit::~io_unit() {
  for (auto* job : ready_) caf::scheduler::abstract_coordinator::cleanup_and_release(job);
}

void io_unit::exec_later(caf::resumable* job) {
  if (io_.get_executor().running_in_this_thread()) return enqueue(job);
  boost::asio::post(io_, foreign_job{job, [](void* unit, caf::resumable* x) { static_cast<io_unit*>(unit)->enqueue(x); },
                                     this});
}

void io_unit::enqueue(caf::resumable* job) {
  ready_.push_back(job);
  if (scheduled_) return;
  scheduled_ = true;
  boost::asio::post(io_, [this] { run_some(); });
}

void io_unit::run_some() {
  for (size_t i = 0; i < batch && !ready_.empty(); ++i) {
    if (i % moment == 0) clock_.look();
    auto* job = ready_.front();
    ready_.pop_front();
    // CAF's logger, which is built in though nobody reads it, notes under a lock which actor runs; each spawn turns it on again.
    caf::logger::set_current_actor_system(nullptr);
    if (job->resume(this, throughput) == caf::resumable::resume_later) {
      ready_.push_back(job);
    } else {
      caf::intrusive_ptr_release(job);
    }
  }
  scheduled_ = !ready_.empty();
  if (scheduled_) boost::asio::post(io_, [this] { run_some(); });
}

} // namespace tidings::net
