// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include "actors/dead_letter.hpp"
#include "app/nats_calls.hpp"

namespace tidings {

/// The streams DEAD_LETTERS and COMMANDS as an operator's tool uses them. Blocking. Each call has a deadline.
class dead_letter_box {
public:
  explicit dead_letter_box(nats_calls calls) : calls_{std::move(calls)} {}

  /// Which letters: of this type, with this id; an empty one stands for all.
  struct selection {
    std::string type, id;
  };

  /// Calls `visit` with each letter there is now, oldest first, until it returns false or an error. What comes meanwhile is
  /// left out, so that a command which is retried and given up again is not retried for ever.
  /// @returns `errc::unavailable` without such a stream or server, `errc::bad_reply`, or what `visit` gave.
  caf::error each(const selection& which, const std::function<caf::expected<bool>(dead_letter&)>& visit) const;

  /// Stores the command in COMMANDS again. An unknown outcome is tried again with the same Nats-Msg-Id.
  /// @returns `errc::outcome_unknown` when it may be stored or not, `errc::storage_refused`, `errc::unavailable`.
  caf::expected<net::jetstream::pub_ack> put_back(const dead_letter& letter) const;

  /// Removes the letter. That it is gone already is no error.
  caf::error remove(const dead_letter& letter) const;

private:
  caf::expected<uint64_t> last_sequence() const;
  /// The one letter that a direct get finds; nothing when there is none.
  caf::expected<std::optional<dead_letter>> get(const json& what) const;

  nats_calls calls_;
};

} // namespace tidings
