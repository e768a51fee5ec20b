// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/nats_calls.hpp"
#include "envelopes/token.hpp"
#include "model/listing.hpp"

namespace tidings {

/// A KV bucket as an operator's tool uses it. Blocking.
class bucket {
public:
  bucket(nats_calls calls, token name) : calls_{std::move(calls)}, name_{std::move(name)} {}

  const std::string& name() const noexcept { return name_.str(); }
  std::string stream() const { return "KV_" + name_.str(); }

  /// @returns `errc::not_found` when there is none.
  caf::expected<json> info() const { return calls_.api("STREAM.INFO." + stream()); }
  caf::error create(uint32_t replicas) const;
  /// That it is gone already is no error.
  caf::error remove() const;

  /// Calls `visit` with every entry, tombstones included. One that is not JSON comes with no position and a null value.
  caf::error each(const std::function<caf::error(document_ptr)>& visit) const;

  /// The entries of these keys, in their order; null where there never was one.
  caf::expected<std::vector<document_ptr>> get(const std::vector<std::string>& keys) const;

  /// What to write: `revision` of the entry is the one expected now, 0: none.
  /// @returns for each whether it was written; not when the entry had another revision.
  caf::expected<std::vector<bool>> put(const std::vector<stored_document>& entries) const;

private:
  nats_calls calls_;
  token name_;
};

} // namespace tidings
