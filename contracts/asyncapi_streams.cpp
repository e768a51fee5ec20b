// SPDX-License-Identifier: MIT
#include "contracts/asyncapi_draft.hpp"
#include "contracts/payload_schemas.hpp"
#include "envelopes/subjects.hpp"

namespace tidings::contracts {

namespace {

/// A subject with a parameter in it: built by the one function that knows its order, from tokens that stand for them.
token stand_in(std::string_view name) { return *token::admit("__" + std::string{name} + "__", "parameter"); }

std::string with_parameter(std::string subject, std::string_view name) {
  auto text = stand_in(name).str();
  auto at = subject.find(text);
  return subject.replace(at, text.size(), "{" + std::string{name} + "}");
}

std::string log_address(const token& type) {
  auto subject = with_parameter(subjects::command_log(0, type, stand_in("command_id")), "command_id");
  auto at = subject.find(".0.");
  return subject.replace(at, 3, ".{partition}.");
}

} // namespace

void add_streams(asyncapi_draft& draft) {
  auto both = [&](const std::string& id, const std::string& sent, const std::string& read) {
    add_use(draft, {id + ".send", "send", id, sent});
    add_use(draft, {id + ".receive", "receive", id, read});
  };
  for (const auto& model : draft.models.models()) {
    for (const auto& [type, spec] : model->commands) {
      auto id = "stream." + type;
      add_channel(draft, {id, log_address(spec.type), "The stream COMMANDS: the durable log.", {type + ".stored"}});
      both(id, "Stores a command that was accepted.", "Handles stored commands in order per key.");
    }
    auto id = "bucket." + model->bucket.str();
    add_channel(draft, {id, with_parameter(subjects::kv(model->bucket, stand_in("key")), "key"), "The KV bucket with the documents of " + model->service.str() + ".",
                        {document_name(*model), "tombstone"}});
    both(id, "Writes what a command made.", "Feeds the copy that answers queries.");
  }
  auto outcomes = with_parameter(with_parameter(subjects::notification(stand_in("owner"), stand_in("command_id")), "owner"), "command_id");
  add_channel(draft, {"notifications", std::move(outcomes), "The stream NOTIFICATIONS: outcomes, kept for 24 hours.", {"outcome"}});
  both("notifications", "Tells an outcome, before the command is acknowledged.", "Tells those who wait.");
  auto progress = with_parameter(with_parameter(subjects::progress(stand_in("owner"), stand_in("command_id")), "owner"), "command_id");
  add_channel(draft, {"progress", std::move(progress), "Progress, live only: no stream keeps it.", {"progress"}});
  both("progress", "Passes on what a handler says.", "Tells those who follow the command or its owner.");
  auto dead = with_parameter(with_parameter(subjects::dead_letter(stand_in("command_type"), stand_in("command_id")), "command_type"), "command_id");
  add_channel(draft, {"dead-letters", std::move(dead), "The stream DEAD_LETTERS: what was given up, and why.", {"dead-letter"}});
  add_use(draft, {"dead-letters.send", "send", "dead-letters", "Keeps what was given up."});
}

} // namespace tidings::contracts
