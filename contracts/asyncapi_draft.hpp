// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/components.hpp"
#include "model/catalog.hpp"

namespace tidings::contracts {

/// An AsyncAPI document while it grows.
struct asyncapi_draft {
  const catalog& models;
  json channels = json::object();
  json operations = json::object();
  component_pool pool;
};

/// One place that messages travel through.
struct channel {
  std::string id;
  std::string address; ///< The subject, `{parameter}` in it; empty: a reply subject that the request names.
  std::string what;
  std::vector<std::string> messages; ///< Names in the pool.
};

void add_channel(asyncapi_draft& draft, const channel& x);

/// What Tidings does there.
struct channel_use {
  std::string id;
  std::string action;      ///< send or receive.
  std::string channel;     ///< Its id.
  std::string what;
  std::string reply = {};  ///< Id of the channel of replies; may be empty.
  std::string queue = {};  ///< Queue group; may be empty.
};

void add_use(asyncapi_draft& draft, const channel_use& x);

/// Messages of all models into the pool.
void add_messages(asyncapi_draft& draft);
/// Requests and replies: `commands.{Type}`, `queries.{Type}`, handlers, types of services elsewhere.
void add_bus(asyncapi_draft& draft);
/// What is stored: commands, outcomes, dead letters, documents.
void add_streams(asyncapi_draft& draft);
/// Discovery: `$SRV.*` (ADR-32).
void add_services(asyncapi_draft& draft);

} // namespace tidings::contracts
