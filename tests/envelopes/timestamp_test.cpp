// SPDX-License-Identifier: MIT
#define CAF_SUITE timestamp

#include "envelopes/timestamp.hpp"

#include <caf/all.hpp>

#include <caf/test/dsl.hpp>

using namespace tidings;
using namespace std::chrono;

CAF_TEST(a time is written in UTC with milliseconds) {
  CAF_CHECK_EQUAL(to_rfc3339(system_clock::time_point{}), "1970-01-01T00:00:00.000Z");
  CAF_CHECK_EQUAL(to_rfc3339(system_clock::time_point{seconds{1764419696} + milliseconds{789}}),
                  "2025-11-29T12:34:56.789Z");
  CAF_CHECK_EQUAL(to_rfc3339(system_clock::time_point{seconds{951827696}}), "2000-02-29T12:34:56.000Z");
}

CAF_TEST(milliseconds are written with one decimal) {
  CAF_CHECK_EQUAL(milliseconds_text(nanoseconds{0}), "0.0");
  CAF_CHECK_EQUAL(milliseconds_text(nanoseconds{349'999}), "0.3");
  CAF_CHECK_EQUAL(milliseconds_text(nanoseconds{950'001}), "1.0");
  CAF_CHECK_EQUAL(milliseconds_text(hours{24 * 365}), "31536000000.0");
}

CAF_TEST(what is written is a timestamp) {
  CAF_CHECK(is_rfc3339(now_rfc3339()));
  CAF_CHECK_EQUAL(now_rfc3339().size(), 24u);
}

CAF_TEST(timestamps of RFC 3339 are taken) {
  for (auto text : {"2025-11-29T12:34:56Z", "2025-11-29t12:34:56z", "2025-11-29T12:34:56.123456789012Z",
                    "2025-11-29T12:34:56+02:00", "2025-11-29T12:34:56-23:59", "2024-02-29T00:00:00Z",
                    "1990-12-31T23:59:60Z", "1990-12-31T15:59:60-08:00", "0000-01-01T00:00:00Z"})
    CAF_CHECK_EQUAL(std::make_pair(std::string{text}, is_rfc3339(text)), std::make_pair(std::string{text}, true));
}

CAF_TEST(anything else is refused) {
  for (auto text : {"",
                    "2025",
                    "2025-11-29",
                    "2025-11-29T12:34:56",
                    "2025-11-29 12:34:56Z",
                    "2025-11-29T12:34Z",
                    "2025-13-01T00:00:00Z",
                    "2025-02-29T00:00:00Z",
                    "2025-00-10T00:00:00Z",
                    "2025-01-00T00:00:00Z",
                    "2025-11-29T24:00:00Z",
                    "2025-11-29T12:60:00Z",
                    "2025-11-29T12:34:61Z",
                    "2025-11-29T12:34:60Z",
                    "2025-11-29T12:34:56.Z",
                    "2025-11-29T12:34:56+0200",
                    "2025-11-29T12:34:56+24:00",
                    "2025-11-29T12:34:56+02:60",
                    "2025-11-29T12:34:56ZZ",
                    " 2025-11-29T12:34:56Z",
                    "2025-11-29T12:34:56Z\n",
                    "+025-11-29T12:34:56Z",
                    "2025-1-29T12:34:56Z"})
    CAF_CHECK_EQUAL(std::make_pair(std::string{text}, is_rfc3339(text)), std::make_pair(std::string{text}, false));
}
