// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "actors/command_record.hpp"
#include "model/listing.hpp"

namespace tidings {

struct rebuild_options {
  model_ptr model;
  /// Conditions (`If-Match`, a time to live) of commands whose outcome is forgotten are taken as having held, where nothing
  /// says that they did not.
  bool assume_held = false;
  /// False: commands before the first one are missing, so a key is unknown until `begin_with` or a command says otherwise.
  bool from_the_start = true;
  uint64_t outcomes_kept_ns = 0; ///< As in `evidence`.
};

/// A bucket as the commands of the past make it: they go in by `apply`, in the stream's order, and are decided again.
///
/// What clients were told stands. A command that was told completed or failed is that, whatever would be decided today;
/// only one whose outcome is forgotten is decided anew. The document comes from the model's effect, except where the
/// decision was made elsewhere or cannot be made again: then it is the one that was told.
class rebuild {
public:
  struct key_state {
    document_ptr document;     ///< Null: there is none, or nobody knows.
    bool undecided = false;    ///< The key's document cannot be told from the commands.
    uint64_t undecided_from = 0; ///< Sequence of the command with which that began; 0: before the first one.
    uint64_t settled = 0;      ///< Sequence of the last command that was looked at.
    log_position applied{};    ///< Of the last command that changed the key.
    std::string command_id;    ///< Of that command.
    uint64_t revision = 0;     ///< That the bucket gave the change; 0: unknown.
    uint64_t revision_from = 0;///< The least that it can have been.
  };
  struct counts {
    uint64_t applied = 0;        ///< Changed their key.
    uint64_t without_effect = 0; ///< Rejected, given up, or repeated.
    uint64_t undecided = 0;      ///< Nobody knows.
    uint64_t otherwise = 0;      ///< Would be decided otherwise today than was told.
    uint64_t by_handlers = 0;    ///< Of the undecided: a service elsewhere decided.
  };

  explicit rebuild(rebuild_options options);

  /// An entry of the bucket that the commands start from.
  void begin_with(const stored_document& entry);

  /// Goes on from an earlier command: those that were open may be settled now, the others are passed over.
  void begin_round();

  /// The next command of the stream. One that is open holds up its key for the rest of this round.
  void apply(const stored_command& command, const command_record& record, uint64_t stored_ns);

  /// Null for a key that no command was about.
  const key_state* find(const std::string& key) const;
  void each(const std::function<void(const std::string&, const key_state&)>& visit) const;
  /// Sequence of the first open command of this round.
  std::optional<uint64_t> first_open() const noexcept { return first_open_; }
  size_t documents() const noexcept { return documents_; }
  size_t undecided_keys() const noexcept { return undecided_keys_; }
  const counts& counted() const noexcept { return counts_; }
  /// The first undecided command, for a message; empty when there is none.
  const std::string& example() const noexcept { return example_; }

private:
  enum class verdict : uint8_t { yes, no, unknown };

  key_state& state_of(const std::string& key);
  bool repeated(const stored_command& command, uint64_t stored_ns);
  void apply_told(key_state& x, const stored_command& command, const command_record& record);
  void decide_again(key_state& x, const stored_command& command);
  verdict conditions_hold(const key_state& x, const stored_command& command) const;
  bool taken(const json& document, std::string_view key) const;
  decision decision_of(const key_state& x, const stored_command& command) const;
  void set(key_state& x, const stored_command& command, std::optional<json> document, uint64_t revision);
  void give_up(key_state& x, const stored_command& command, std::string_view why);

  rebuild_options options_;
  std::unordered_map<std::string, key_state> keys_;
  std::optional<document_table> unique_; // only for models with unique members
  uint64_t next_revision_ = 0;           // of `unique_`, which wants them to rise
  std::unordered_set<std::string> held_up_;
  std::optional<uint64_t> first_open_;
  std::unordered_map<std::string, uint64_t> recent_; // commands whose id can come again -> when they were stored
  std::deque<std::pair<uint64_t, std::string>> recent_order_;
  size_t documents_ = 0, undecided_keys_ = 0;
  counts counts_;
  std::string example_;
};

} // namespace tidings
