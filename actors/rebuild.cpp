// SPDX-License-Identifier: MIT
#include "actors/rebuild.hpp"

#include <algorithm>
#include <utility>

namespace tidings {

namespace {

using end = command_record::end;

} // namespace

rebuild::rebuild(rebuild_options options) : options_{std::move(options)} {
  if (!options_.model->unique.empty()) unique_.emplace(options_.model);
}

rebuild::key_state& rebuild::state_of(const std::string& key) {
  auto [i, fresh] = keys_.try_emplace(key);
  if (fresh && !options_.from_the_start) {
    i->second.undecided = true;
    ++undecided_keys_;
  }
  return i->second;
}

void rebuild::begin_with(const stored_document& entry) {
  auto& x = keys_[entry.key];
  x.applied = entry.position;
  x.command_id = entry.command_id;
  x.revision = x.revision_from = entry.revision;
  if (entry.deleted) return;
  auto copy = std::make_shared<stored_document>(entry);
  copy->revision = ++next_revision_;
  x.document = std::move(copy);
  ++documents_;
  if (unique_) unique_->apply(x.document);
}

void rebuild::begin_round() {
  held_up_.clear();
  first_open_.reset();
}

const rebuild::key_state* rebuild::find(const std::string& key) const {
  auto i = keys_.find(key);
  return i == keys_.end() ? nullptr : &i->second;
}

void rebuild::each(const std::function<void(const std::string&, const key_state&)>& visit) const {
  for (auto& [key, state] : keys_) visit(key, state);
}

void rebuild::apply(const stored_command& command, const command_record& record, uint64_t stored_ns) {
  auto sequence = command.position.sequence;
  auto& x = state_of(command.key.str());
  if (sequence <= x.settled || held_up_.contains(command.key.str())) return;
  if (record.how == end::open) {
    held_up_.insert(command.key.str());
    first_open_ = std::min(first_open_.value_or(sequence), sequence);
    return;
  }
  x.settled = sequence;
  if (record.how == end::failed || repeated(command, stored_ns)) {
    ++counts_.without_effect;
    return;
  }
  if (record.how == end::completed) apply_told(x, command, record);
  else decide_again(x, command);
}

bool rebuild::repeated(const stored_command& command, uint64_t stored_ns) {
  if (command.retry > 0) {
    // Of a command that was put back an earlier copy may have been applied after all.
    if (auto* x = find(command.key.str()); x->command_id == command.request.command_id) return true;
  }
  if (command.digest.empty() && command.retry == 0) return false; // its id was made for it alone
  auto kept = options_.outcomes_kept_ns;
  while (kept != 0 && !recent_order_.empty() && recent_order_.front().first + kept < stored_ns) {
    auto i = recent_.find(recent_order_.front().second);
    if (i != recent_.end() && i->second == recent_order_.front().first) recent_.erase(i);
    recent_order_.pop_front();
  }
  auto name = command.owner.str() + '.' + command.request.command_id + '.' + std::to_string(command.retry);
  auto [i, fresh] = recent_.try_emplace(name, stored_ns);
  if (fresh) recent_order_.emplace_back(stored_ns, std::move(name));
  return !fresh;
}

decision rebuild::decision_of(const key_state& x, const stored_command& command) const {
  return decide(*options_.model, *command.entry.spec, command.request, x.document ? x.document->value() : json{});
}

void rebuild::apply_told(key_state& x, const stored_command& command, const command_record& record) {
  auto revision = record.revision.value_or(0);
  auto as_told = [&] {
    if (command.entry.spec->effect == command_effect::remove) set(x, command, std::nullopt, revision);
    else set(x, command, record.document, revision);
  };
  // What was decided elsewhere, or upon a document that nobody has, is taken as it was told.
  if (command.entry.spec->handler || x.undecided) return as_told();
  auto today = decision_of(x, command);
  if (std::holds_alternative<rejection>(today)) {
    ++counts_.otherwise;
    return as_told();
  }
  auto* doc = std::get_if<write_document>(&today);
  set(x, command, doc ? std::optional{std::move(doc->document)} : std::nullopt, revision);
}

void rebuild::decide_again(key_state& x, const stored_command& command) {
  if (command.entry.spec->handler) {
    ++counts_.by_handlers;
    return give_up(x, command, "a service elsewhere decided, and its answer is no longer kept");
  }
  auto held = conditions_hold(x, command);
  if (held == verdict::unknown)
    return give_up(x, command, "it came with a condition, and its outcome is no longer kept");
  if (held == verdict::no) {
    ++counts_.without_effect;
    return;
  }
  if (x.undecided) {
    // Either way there is no document afterwards.
    if (command.entry.spec->effect == command_effect::remove) return set(x, command, std::nullopt, 0);
    bool whole = command.entry.spec->effect == command_effect::replace && command.request.payload.contains("created_at");
    if (!whole) return give_up(x, command, "what it changed is not known, and its outcome is no longer kept");
  }
  auto today = decision_of(x, command);
  auto* doc = std::get_if<write_document>(&today);
  if (std::holds_alternative<rejection>(today) || (doc && taken(doc->document, command.key.str()))) {
    ++counts_.without_effect;
    return;
  }
  set(x, command, doc ? std::optional{std::move(doc->document)} : std::nullopt, 0);
}

rebuild::verdict rebuild::conditions_hold(const key_state& x, const stored_command& command) const {
  auto unknown = options_.assume_held ? verdict::yes : verdict::unknown;
  auto result = command.expires ? unknown : verdict::yes;
  if (!command.expected_revision) return result;
  auto expected = *command.expected_revision;
  if (!x.undecided && (!x.document || expected == 0)) // no document has the revision 0
    return !x.document && expected == 0 ? result : verdict::no;
  if (!x.undecided && x.revision != 0) return x.revision == expected ? result : verdict::no;
  // Revisions of a key only rise: one from before the last change cannot be met any more.
  if (expected < x.revision_from) return verdict::no;
  return unknown;
}

bool rebuild::taken(const json& document, std::string_view key) const {
  return std::ranges::any_of(options_.model->unique, [&](const std::string& field) {
    auto i = document.find(field);
    return i != document.end() && !i->is_null() && unique_->find_unique(field, *i, key);
  });
}

void rebuild::set(key_state& x, const stored_command& command, std::optional<json> document, uint64_t revision) {
  ++counts_.applied;
  auto least = command.expected_revision && revision == 0 ? std::max(x.revision_from, *command.expected_revision) + 1 : x.revision_from + 1;
  x.applied = command.position;
  x.command_id = command.request.command_id;
  x.revision = revision;
  x.revision_from = revision != 0 ? revision : least;
  if (std::exchange(x.undecided, false)) --undecided_keys_;
  documents_ -= x.document ? 1 : 0;
  auto entry = std::make_shared<stored_document>();
  entry->key = command.key.str();
  entry->revision = ++next_revision_;
  entry->position = command.position;
  entry->command_id = x.command_id;
  entry->deleted = !document || document->is_null();
  if (!entry->deleted) {
    entry->text = dump(*document);
    ++documents_;
  }
  if (unique_) unique_->apply(entry);
  x.document = entry->deleted ? nullptr : std::move(entry);
}

void rebuild::give_up(key_state& x, const stored_command& command, std::string_view why) {
  ++counts_.undecided;
  if (example_.empty())
    example_ = command.request.command_type + ' ' + command.request.command_id + " (COMMANDS " + std::to_string(command.position.sequence)
               + "): " + std::string{why};
  if (!std::exchange(x.undecided, true)) {
    ++undecided_keys_;
    x.undecided_from = command.position.sequence;
  }
  if (!x.document) return;
  --documents_;
  x.document = nullptr; // its unique values stay taken: that is likelier than not
}

} // namespace tidings
