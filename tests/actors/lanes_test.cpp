// SPDX-License-Identifier: MIT
#define CAF_SUITE lanes

#include "actors/lanes.hpp"

#include <caf/test/unit_test.hpp>

using tidings::lanes;
using list = std::vector<uint64_t>;

CAF_TEST(the first in a lane may go at once and the next one waits) {
  lanes x;
  CAF_CHECK(x.enter(1, {'a'}));
  CAF_CHECK(!x.enter(2, {'a'}));
  CAF_CHECK(!x.enter(3, {'a'}));
}

CAF_TEST(lanes do not hold each other up) {
  lanes x;
  CAF_CHECK(x.enter(1, {'a'}));
  CAF_CHECK(x.enter(2, {'b'}));
  CAF_CHECK(x.leave(1, {'a'}).empty());
  CAF_CHECK(!x.enter(3, {'b'}));
}

CAF_TEST(leaving lets the next one of the lane go and nobody else) {
  lanes x;
  x.enter(1, {'a'});
  x.enter(2, {'a'});
  x.enter(3, {'a'});
  CAF_CHECK(x.leave(1, {'a'}) == list{2});
  CAF_CHECK(x.leave(2, {'a'}) == list{3});
  CAF_CHECK(x.leave(3, {'a'}).empty());
}

CAF_TEST(whoever wants several lanes waits until first in all of them) {
  lanes x;
  x.enter(1, {'a'});
  x.enter(2, {'b'});
  CAF_CHECK(!x.enter(3, {'a', 'b'}));
  CAF_CHECK(x.leave(1, {'a'}).empty());
  CAF_CHECK(x.leave(2, {'b'}) == list{3});
}

CAF_TEST(one who waits in several lanes holds later ones up in each) {
  lanes x;
  x.enter(1, {'a'});
  x.enter(2, {'a', 'b'});
  CAF_CHECK(!x.enter(3, {'b'}));
  CAF_CHECK(x.leave(1, {'a'}) == list{2});
  CAF_CHECK(x.leave(2, {'a', 'b'}) == list{3});
}

CAF_TEST(leaving several lanes can free several) {
  lanes x;
  x.enter(1, {'a', 'b'});
  x.enter(2, {'a'});
  x.enter(3, {'b'});
  CAF_CHECK((x.leave(1, {'a', 'b'}) == list{2, 3}));
}

CAF_TEST(two that want the same lanes in another order both get through) {
  lanes x;
  CAF_CHECK(x.enter(1, {'a', 'b'}));
  CAF_CHECK(!x.enter(2, {'b', 'a'}));
  CAF_CHECK(x.leave(1, {'a', 'b'}) == list{2});
}

CAF_TEST(one who names a lane twice does not wait for itself) {
  lanes x;
  bool goes = x.enter(1, {'a', 'a'});
  CAF_CHECK(goes);
  CAF_CHECK(!x.enter(2, {'a'}));
  CAF_CHECK(x.leave(1, {'a', 'a'}) == list{2});
}

CAF_TEST(only the first one can leave) {
  lanes x;
  x.enter(1, {'a'});
  x.enter(2, {'a'});
  CAF_CHECK(x.leave(2, {'a'}).empty());
  CAF_CHECK(x.leave(7, {'a', 'z'}).empty());
  CAF_CHECK(x.leave(1, {'a'}) == list{2});
}

CAF_TEST(empty lanes take no room) {
  lanes x;
  x.enter(1, {'a', 'b'});
  CAF_CHECK_EQUAL(x.size(), 2u);
  x.leave(1, {'a', 'b'});
  CAF_CHECK_EQUAL(x.size(), 0u);
}
