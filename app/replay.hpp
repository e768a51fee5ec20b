// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "app/bucket.hpp"
#include "app/command_history.hpp"
#include "app/progress.hpp"

namespace tidings {

struct replay_settings {
  std::optional<uint64_t> from_sequence; ///< Start from the bucket as it is, with the commands from here on.
  bool assume_held = false;              ///< As in `rebuild_options`.
  bool accept_gaps = false;              ///< Commands that were deleted from the stream are no reason to refuse.
  bool leave_undecided = false;          ///< Keys that cannot be rebuilt stay as they are, instead of a refusal.
  bool remove_foreign = false;           ///< Remove what no command made.
  bool dry_run = false;                  ///< Build and compare; change nothing but leave the new bucket for a look.
  std::chrono::milliseconds patience{30'000}; ///< How long the swap waits for keys that keep changing.
};

/// What came of it.
struct replay_report {
  uint64_t commands = 0;     ///< Sequences gone through.
  rebuild::counts counts;
  uint64_t documents = 0;    ///< In the new bucket.
  uint64_t same = 0, differing = 0, missing = 0, extra = 0; ///< The current bucket against the new one, keys.
  uint64_t foreign = 0;      ///< Keys that no command was about.
  uint64_t undecided = 0;    ///< Keys that the commands do not tell, and whose entry does not either.
  uint64_t moving = 0;       ///< Keys that changed while they were compared; compared again in the swap.
  uint64_t written = 0, removed = 0, unsettled = 0; ///< By the swap, keys.
  bool bucket_made = false;  ///< There was none.
  std::string new_bucket;
};

/// Builds a bucket from COMMANDS beside the current one, compares the two, and swaps it in: key by key, by compare-and-set
/// on the current bucket. So nobody has to be restarted or told, a command that comes meanwhile is never overwritten, and a
/// swap that ends half way leaves every key either as it was or as it should be.
class replay {
public:
  replay(nats_calls calls, catalog_ptr models, model_ptr model, replay_settings settings, bool quiet);

  /// @returns why it was not done, with what to do; the report says how far it came in any case.
  caf::error run();
  const replay_report& report() const noexcept { return report_; }

private:
  enum class finding : uint8_t { same, differing, missing, extra, foreign, undecided, moving };

  caf::error refuse_a_second_one();
  caf::error remove_leftovers();
  caf::error start_from_current();
  caf::error build();
  caf::error write_new();
  caf::error verify_new();
  caf::error compare();
  caf::error swap();
  caf::error swap_some(std::vector<std::string>& keys);
  finding judge(const std::string& key, const document_ptr& current) const;
  void count(finding x);

  nats_calls calls_;
  model_ptr model_;
  replay_settings settings_;
  command_history history_;
  bucket current_, new_;
  std::optional<rebuild> built_;
  progress progress_;
  replay_report report_;
  uint64_t next_ = 1;                   // where the next round begins
  std::vector<std::string> to_do_;      // keys for the swap
  std::shared_ptr<natsSubscription> sign_; // answers whoever asks whether a replay is under way
};

} // namespace tidings
