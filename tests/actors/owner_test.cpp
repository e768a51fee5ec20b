// SPDX-License-Identifier: MIT
#define CAF_SUITE owner

#include "actors/owner.hpp"
#include "envelopes/ids.hpp"

#include <caf/test/unit_test.hpp>

using namespace tidings;

namespace {

std::string cookie(std::string_view header) { return std::string{session_cookie(header)}; }

} // namespace

CAF_TEST(the session cookie is found among others) {
  CAF_CHECK_EQUAL(cookie("tidings_session=abc"), "abc");
  CAF_CHECK_EQUAL(cookie("a=b; tidings_session=abc; c=d"), "abc");
  CAF_CHECK_EQUAL(cookie("x_tidings_session=abc; tidings_session2=d"), "");
  CAF_CHECK_EQUAL(cookie(""), "");
}

CAF_TEST(an owner does not give its session away) {
  auto session = make_session_id();
  auto owner = owner_of_session(session);
  CAF_CHECK_EQUAL(owner.str().size(), 34u);
  CAF_CHECK(owner.str().find(session) == std::string::npos);
  CAF_CHECK(owner == owner_of_session(session));
  CAF_CHECK(!(owner == owner_of_session(make_session_id())));
}

CAF_TEST(scripts and other sites do not get the cookie) {
  CAF_CHECK_EQUAL(render_session_cookie("abc"), "tidings_session=abc; Path=/; HttpOnly; SameSite=Strict");
}
