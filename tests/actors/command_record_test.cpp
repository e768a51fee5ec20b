// SPDX-License-Identifier: MIT
#define CAF_SUITE command_record

#include "actors/command_record.hpp"
#include "actors/headers.hpp"
#include "tests/actors/fakes/commands.hpp"
#include "tests/actors/fakes/messages.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;
using end = command_record::end;

namespace {

constexpr uint64_t second = 1'000'000'000, day = 86'400 * second;
constexpr uint64_t noon = 1'767'355'200 * second; // 2026-01-02T12:00:00Z

struct record_fixture {
  catalog_ptr models = sample_catalog();
  std::shared_ptr<stored_command> command = stored(models, "PutNote", "cmd-7", {{"id", "n1"}, {"text", "new"}}, 7);
  evidence known{.stored_ns = noon, .acknowledged = true, .outcomes_kept_ns = day};

  static net::nats_message told(outcome_status status, uint32_t retry = 0, const std::string& code = {},
                                const std::string& time = "2026-01-02T12:00:01Z") {
    outcome x;
    x.command_id = "cmd-7";
    x.command_type = "PutNote";
    x.timestamp = "2026-01-02T12:00:01Z";
    x.status = status;
    if (status == outcome_status::completed) {
      x.reached = stage::projected;
      x.key = "n1";
      x.revision = 41;
      x.payload = {{"id", "n1"}, {"text", "told"}};
    } else {
      x.error = "no";
      x.code = code.empty() ? "rejected" : code;
    }
    incoming::header_list headers{{"Nats-Time-Stamp", time}};
    if (retry > 0) headers.emplace_back(notification_headers::retry, std::to_string(retry));
    if (!code.empty()) headers.emplace_back(notification_headers::code, code);
    return incoming::direct("notifications.public.cmd-7", 3, to_json(x), headers);
  }

  static net::nats_message copy(uint64_t sequence, uint32_t retry, const std::string& time) {
    incoming::header_list headers{{"Nats-Time-Stamp", time}};
    if (retry > 0) headers.emplace_back(command_headers::retry, std::to_string(retry));
    return incoming::direct("commands.1.PutNote.cmd-7", sequence, "{}", headers);
  }

  end how() const { return record_of(*command, known).how; }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(command_record_tests, record_fixture)

CAF_TEST(what was told is what happened) {
  known.told = told(outcome_status::completed);
  CAF_CHECK(!wants_more(*command, known));
  auto record = record_of(*command, known);
  CAF_CHECK(record.how == end::completed);
  CAF_CHECK_EQUAL(record.revision.value_or(0), 41u);
  CAF_CHECK_EQUAL(text(record.document["text"]), "told");
  known.told = told(outcome_status::failed);
  CAF_CHECK(how() == end::failed);
}

CAF_TEST(a delete that was told leaves no document) {
  command = stored(models, "TearNote", "cmd-7", {{"id", "n1"}}, 7);
  known.told = told(outcome_status::completed);
  CAF_CHECK(record_of(*command, known).document.is_null());
}

CAF_TEST(without an outcome it is forgotten or open) {
  CAF_CHECK(wants_more(*command, known));
  CAF_CHECK(how() == end::forgotten);
  known.acknowledged = false;
  CAF_CHECK(how() == end::open);
}

CAF_TEST(a command that was retried had no effect before) {
  known.told = told(outcome_status::completed, 1);
  CAF_CHECK(how() == end::failed);
  CAF_MESSAGE("and the retry has it");
  command->retry = 1;
  CAF_CHECK(how() == end::completed);
  CAF_MESSAGE("also when all outcomes are gone, since a later copy is there");
  command->retry = 0;
  known.told = {};
  known.last_copy = copy(9, 1, "2026-01-03T12:00:00Z");
  CAF_CHECK(how() == end::failed);
}

CAF_TEST(a retry that has not been told yet is open) {
  command->retry = 2;
  known.told = told(outcome_status::failed, 1, "dead_lettered");
  known.acknowledged = false;
  CAF_CHECK(how() == end::open);
  CAF_MESSAGE("and one of a command that was completed does nothing");
  known.told = told(outcome_status::completed, 1);
  CAF_CHECK(how() == end::failed);
}

CAF_TEST(a dead letter says that it was given up) {
  auto letter = [](const std::string& sequence) {
    return incoming::direct("dead.PutNote.cmd-7", 1, "{}", {{dead_letter_headers::sequence, sequence}});
  };
  known.letter = letter("7");
  CAF_CHECK(how() == end::failed);
  CAF_MESSAGE("but only the copy that it names");
  known.letter = letter("6");
  CAF_CHECK(how() == end::forgotten);
}

CAF_TEST(an id that was used again after its outcome was gone has two outcomes) {
  known.told = told(outcome_status::failed, 0, {}, "2026-01-04T12:00:01Z");
  CAF_CHECK(wants_more(*command, known));
  known.last_copy = copy(9, 0, "2026-01-04T12:00:00Z");
  CAF_CHECK(how() == end::forgotten);
  CAF_MESSAGE("the later copy has the later one");
  command->position.sequence = 9;
  known.stored_ns = noon + 2 * day;
  CAF_CHECK(how() == end::failed);
  CAF_MESSAGE("and one that took two days is still its own");
  known.stored_ns = noon;
  CAF_CHECK(how() == end::failed);
}

CAF_TEST(settled is what any consumer of the subject knows to be) {
  auto consumers = json::parse(R"([
    {"name": "reactor-a", "ack_floor": {"stream_seq": 20}, "num_pending": 3, "num_ack_pending": 1, "config": {"filter_subject": "commands.1.*.*"}},
    {"name": "reactor-b", "ack_floor": {"stream_seq": 0}, "num_pending": 1, "num_ack_pending": 0, "config": {"opt_start_seq": 11}},
    {"name": "reactor-c", "ack_floor": {"stream_seq": 2}, "num_pending": 0, "num_ack_pending": 0, "config": {"filter_subject": "commands.2.*.*"}},
    {"name": "somebody", "ack_floor": {"stream_seq": 1}, "num_pending": 0, "num_ack_pending": 0, "config": {}}])");
  auto floors = settled_floors(consumers, 50);
  CAF_REQUIRE_EQUAL(floors.size(), 3u);
  CAF_CHECK_EQUAL(floor_of(floors, "commands.3.PutNote.cmd-7"), 10u);
  floors.erase(floors.begin() + 1);
  CAF_CHECK_EQUAL(floor_of(floors, "commands.1.PutNote.cmd-7"), 20u);
  CAF_CHECK_EQUAL(floor_of(floors, "commands.2.PutNote.cmd-7"), 50u);
  CAF_CHECK_EQUAL(floor_of(floors, "commands.3.PutNote.cmd-7"), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
