// SPDX-License-Identifier: MIT
#pragma once

#include <caf/test/unit_test.hpp>

#include "connection_fixture.hpp"

namespace tidings::net::testing {

/// A connection whose owner must not be called from within its own calls.
struct checked_connection_fixture : connection_fixture {
  ~checked_connection_fixture() { CAF_CHECK_EQUAL(owner->reentered, 0); }
};

inline std::string get(std::string_view path) { return "GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

inline std::string post(std::string_view path, std::string_view body) {
  return "POST " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string{body};
}

} // namespace tidings::net::testing
