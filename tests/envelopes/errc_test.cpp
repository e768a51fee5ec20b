// SPDX-License-Identifier: MIT
#define CAF_SUITE errc

#include "envelopes/errc.hpp"

#include <set>

#include <caf/all.hpp>

#include <caf/test/dsl.hpp>

using namespace tidings;

namespace {

struct config : caf::actor_system_config {
  config() { register_errors(*this); }
};

using fixture = test_coordinator_fixture<config>; // an actor system without threads

constexpr auto last = errc::not_acceptable;

} // namespace

CAF_TEST_FIXTURE_SCOPE(errc_tests, fixture)

CAF_TEST(every code has a name of its own a title and an error status) {
  std::set<std::string_view> names;
  for (uint8_t value = 1; value <= static_cast<uint8_t>(last); ++value) {
    auto code = static_cast<errc>(value);
    names.insert(to_string(code));
    CAF_CHECK(!title_of(code).empty());
    CAF_CHECK_GREATER_OR_EQUAL(http_status_of(code), 400);
    CAF_CHECK_LESS(http_status_of(code), 600);
  }
  CAF_CHECK_EQUAL(names.size(), static_cast<size_t>(last));
}

CAF_TEST(codes have the status that their documentation says) {
  CAF_CHECK_EQUAL(http_status_of(errc::malformed_request), 400);
  CAF_CHECK_EQUAL(http_status_of(errc::schema_violation), 422);
  CAF_CHECK_EQUAL(http_status_of(errc::head_too_large), 431);
  CAF_CHECK_EQUAL(http_status_of(errc::outcome_unknown), 503);
  CAF_CHECK_EQUAL(http_status_of(errc::bad_reply), 502);
  CAF_CHECK_EQUAL(http_status_of(errc::handler_timeout), 504);
  CAF_CHECK_EQUAL(http_status_of(errc::misdirected_request), 421);
}

CAF_TEST(what may work later says so) {
  CAF_CHECK(worth_retrying(errc::overloaded));
  CAF_CHECK(worth_retrying(errc::too_many_requests));
  CAF_CHECK(worth_retrying(errc::outcome_unknown));
  CAF_CHECK(!worth_retrying(errc::schema_violation));
  CAF_CHECK(!worth_retrying(errc::internal));
}

CAF_TEST(code and failure survive the actor world) {
  auto what = failure{"No such thing", {{"/id", "is unknown"}}};
  auto error = make_error(errc::not_found, what);
  CAF_CHECK(code_of(error) == errc::not_found);
  CAF_CHECK(failure_of(error) == what);
  CAF_CHECK_EQUAL(error, errc::not_found);
}

CAF_TEST(an error without words carries none) {
  auto error = make_error(errc::not_found);
  CAF_CHECK(error.context().empty());
  CAF_CHECK(failure_of(error) == failure{});
}

CAF_TEST(errors of CAF itself are internal and keep their words to themselves) {
  auto error = caf::make_error(caf::sec::request_timeout, "secret");
  CAF_CHECK(code_of(error) == errc::internal);
  CAF_CHECK(failure_of(error) == failure{});
  CAF_CHECK(code_of(caf::error{}) == errc::internal);
  CAF_CHECK(code_of(caf::error{200, caf::atom("tidings")}) == errc::internal);
}

CAF_TEST(the actor system prints our errors with place and reason) {
  auto error = make_error(errc::schema_violation, failure{"The payload is wrong", {{"/name", "is required"}}});
  CAF_CHECK_EQUAL(sys.render(error), "schema_violation: The payload is wrong [/name: is required]");
  CAF_CHECK_EQUAL(sys.render(make_error(errc::shutting_down)), "shutting_down");
}

CAF_TEST_FIXTURE_SCOPE_END()
