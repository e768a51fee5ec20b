// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/headers.hpp"
#include "actors/partition_owner.hpp"
#include "tests/actors/fakes/models.hpp"

#include "tests/actors/fakes/fixture.hpp"

namespace tidings {

using namespace std::chrono_literals;

/// An owner, member `me-0`; the test plays the bucket and the reactors.
struct owner_fixture : actor_fixture {
  static constexpr uint32_t whole = subjects::partitions;

  partition_owner_actor owner;
  partition_table table; ///< What the bucket has.
  uint64_t revision = 0;
  std::vector<fake_script_ptr> reactors;

  void start(bool own_server = false, std::vector<read_model_actor> read_models = {}) {
    partition_owner_options options;
    options.read_models = std::move(read_models);
    options.gateway = fake<nats_gateway_actor>();
    options.readiness = fake<readiness_actor>();
    options.process = "me";
    options.own_server = own_server;
    for (uint32_t p = 0; p <= subjects::partitions; ++p) {
      auto [reactor, script] = lone_fake<partition_reactor>();
      options.reactors.push_back(reactor);
      reactors.push_back(script);
    }
    owner = kept(sys.spawn(partition_owner, std::move(options)));
    connection(true);
    give(owner, streams_ready{});
  }

  void connection(bool up) {
    connection_change x;
    x.connected = up;
    give(owner, x);
  }

  /// Somebody else writes.
  void bucket_is(partition_table now) {
    table = std::move(now);
    ++revision;
  }

  void beat(const std::string& member) {
    auto next = table;
    ++next.members[member];
    bucket_is(std::move(next));
  }

  /// The bucket answers the last look, if one is open, and the write that may follow.
  void answer() {
    if (looks_ == got.count<nats_request>()) return;
    looks_ = got.count<nats_request>();
    nats_reply x;
    x.message = revision == 0 ? incoming::no_message() : incoming::stored("$KV.tidings_leases.reactor", revision, table.render());
    give(owner, x);
    answer_write();
  }

  void answer_write() {
    if (writes_ == got.count<publish>()) return;
    writes_ = got.count<publish>();
    auto written = got.last<publish>();
    CAF_CHECK_EQUAL(written.what->subject, "$KV.tidings_leases.reactor");
    published x;
    if (expected(written) == std::to_string(revision)) {
      table = *partition_table::parse(written.what->data);
      x.sequence = ++revision;
    } else {
      x.error = make_error(errc::wrong_revision);
    }
    give(owner, x);
    answer();
  }

  /// Time in which the bucket answers.
  void live(milliseconds time) {
    for (; time.count() > 0; time -= 50ms) {
      answer();
      pass(50ms);
    }
    answer();
  }

  static std::string expected(const publish& x) {
    return std::string{net::value_of(x.what->headers, entry_headers::expected)};
  }

  bool holds(uint32_t p) const {
    auto& seen = reactors[p]->received;
    auto leases = seen.all<lease_change>();
    auto times = static_cast<size_t>(std::ranges::count(leases, true, &lease_change::held));
    return times > seen.count<drain_atom>() && leases.back().held;
  }
  bool holds_all() const { return holds(whole); }
  /// Partitions.
  uint32_t held() const {
    uint32_t result = 0;
    for (uint32_t p = 0; p < subjects::partitions; ++p) result += holds(p) ? 1 : 0;
    return result;
  }
  uint32_t drained() const {
    uint32_t result = 0;
    for (auto& x : reactors) result += x->received.count<drain_atom>() > 0 ? 1 : 0;
    return result;
  }

  /// Reactors keep whoever drains them waiting.
  void stay_busy() {
    for (uint32_t p = 0; p <= subjects::partitions; ++p)
      reactors[p]->answer<drain_atom, bool>([this, p](const drain_atom&) -> caf::result<bool> {
        draining_now.push_back(p);
        return caf::skip; // stays in the mailbox
      });
  }
  std::vector<uint32_t> draining_now;

  static constexpr uint64_t incarnation = 1'767'323'045'000'000'000;

  void report(uint32_t p, bool consuming, std::string trouble = {}, uint64_t settled = 0) {
    give(owner, partition_report{p, consuming, std::move(trouble), settled, incarnation});
  }
  bool ready() const { return got.last<component_state>().ready; }

  /// Another member has half, and so have we.
  void share() {
    start();
    live(250ms);
    beat("other-0");
    live(500ms);
    auto next = table;
    for (auto& who : next.owners)
      if (who.empty()) who = "other-0";
    bucket_is(next);
    live(250ms);
    CAF_REQUIRE_EQUAL(held(), 8u);
    CAF_REQUIRE(!holds_all());
  }

  partition_table owned_by_other() const {
    partition_table x;
    x.members["other-0"] = 1;
    x.owners.fill("other-0");
    return x;
  }

  std::shared_ptr<std::optional<bool>> leave() {
    auto result = std::make_shared<std::optional<bool>>();
    kept(sys.spawn([this, result](caf::event_based_actor* me) {
      me->request(owner, caf::infinite, drain_atom::value).then([result](bool told) { *result = told; });
    }));
    consume_messages();
    return result;
  }

private:
  size_t looks_ = 0, writes_ = 0;
};

} // namespace tidings
