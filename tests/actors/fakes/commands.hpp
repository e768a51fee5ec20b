// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "actors/messages.hpp"
#include "tests/actors/fakes/models.hpp"

namespace tidings {

/// A command as the stream stores it, for the models of `sample_catalog`.
inline std::shared_ptr<stored_command> stored(const catalog_ptr& models, std::string_view type, const std::string& id,
                                              json payload, uint64_t sequence) {
  auto entry = models->find_command(type);
  auto key = key_of(*entry.model, *entry.spec, payload, id);
  if (!key) throw std::runtime_error{failure_of(key.error()).detail};
  command_request request;
  request.command_type = type;
  request.command_id = id;
  request.service_id = "test";
  request.timestamp = "2026-01-02T03:04:05Z";
  request.payload = std::move(payload);
  return std::make_shared<stored_command>(stored_command{.request = std::move(request),
                                                         .owner = tok("public"),
                                                         .key = std::move(*key),
                                                         .position = {1, sequence},
                                                         .digest = {},
                                                         .traceparent = {},
                                                         .expected_revision = {},
                                                         .expires = {},
                                                         .entry = std::move(entry)});
}

/// An entry of a bucket that the command `id` wrote.
inline std::shared_ptr<stored_document> document(const std::string& key, uint64_t revision, uint64_t sequence,
                                                 const std::string& id, const json& value) {
  auto result = std::make_shared<stored_document>();
  result->key = key;
  result->revision = revision;
  result->position = {1, sequence};
  result->command_id = id;
  result->text = dump(value);
  return result;
}

/// What the command `id` left when it took the document away.
inline std::shared_ptr<stored_document> tombstone(const std::string& key, uint64_t revision, uint64_t sequence,
                                                  const std::string& id) {
  auto result = std::make_shared<stored_document>();
  result->key = key;
  result->revision = revision;
  result->position = {1, sequence};
  result->command_id = id;
  result->deleted = true;
  return result;
}

} // namespace tidings
