// SPDX-License-Identifier: MIT
#include "app/replay.hpp"

#include <algorithm>
#include <ctime>
#include <thread>

#include <nats/nats.h>

#include "app/progress_text.hpp"
#include "envelopes/errc.hpp"
#include "model/canonical.hpp"

namespace tidings {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

namespace {

constexpr size_t batch_size = 256;
constexpr auto pause_between = 20ms;
constexpr auto look_again_after = 500ms;

/// Buckets that replays of this one make begin so. Cut, since the whole must be a token.
std::string prefix_of(const token& bucket) {
  return bucket.str().substr(0, 40) + "_replay_";
}

token new_name(const token& bucket) {
  auto now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char stamp[20];
  std::strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &utc);
  return *token::admit(prefix_of(bucket) + stamp, "bucket");
}

caf::error refuse(std::string why) { return make_error(errc::bad_configuration, std::move(why)); }

std::string keys_text(uint64_t count) { return with_commas(count) + (count == 1 ? " key" : " keys"); }

} // namespace

replay::replay(nats_calls calls, catalog_ptr models, model_ptr model, replay_settings settings, bool quiet)
    : calls_{calls}, model_{model}, settings_{std::move(settings)}, history_{calls, std::move(models), model}, current_{calls, model->bucket},
      new_{calls, new_name(model->bucket)}, progress_{quiet} {}

caf::error replay::run() {
  if (auto err = history_.open()) return err;
  if (auto err = refuse_a_second_one()) return err;
  if (auto err = remove_leftovers()) return err;
  auto from = settings_.from_sequence.value_or(1);
  if (!settings_.from_sequence && history_.first_sequence() > 1)
    return refuse("COMMANDS begins at " + std::to_string(history_.first_sequence()) + ": what came before is lost. --from-sequence "
                  + std::to_string(history_.first_sequence()) + " starts from the bucket as it is and goes on from there");
  if (history_.missing() > 0 && !settings_.accept_gaps)
    return refuse(with_commas(history_.missing()) + " commands were deleted from COMMANDS; --accept-gaps replays without them");
  built_.emplace(rebuild_options{model_, settings_.assume_held, !settings_.from_sequence, history_.outcomes_kept_ns()});
  next_ = from;
  if (settings_.from_sequence)
    if (auto err = start_from_current()) return err;
  if (auto err = build()) return err;
  if (auto err = write_new()) return err;
  if (auto err = verify_new()) return err;
  auto err = compare();
  if (settings_.dry_run) return err;
  if (!err) err = swap();
  // Every key that is done is done for good: whoever runs it again builds anew.
  if (auto failed = new_.remove(); failed && !err) err = failed;
  return err;
}

/// Whoever replays a bucket answers on this inbox while it lives; a process that was killed does not.
caf::error replay::refuse_a_second_one() {
  auto subject = "_INBOX.tidings_replay." + model_->bucket.str();
  auto answer = calls_.ask({subject, {}, {}});
  if (answer) return refuse("another replay of " + model_->bucket.str() + " is under way");
  if (code_of(answer.error()) != errc::unavailable) return answer.error();
  natsSubscription* made = nullptr;
  auto reply = [](natsConnection* nats, natsSubscription*, natsMsg* msg, void*) {
    natsConnection_PublishString(nats, natsMsg_GetReply(msg), "replaying");
    natsMsg_Destroy(msg);
  };
  if (auto status = natsConnection_Subscribe(&made, calls_.nats().get(), subject.c_str(), reply, nullptr); status != NATS_OK)
    return make_error(errc::unavailable, "cannot subscribe to " + subject + ": " + natsStatus_GetText(status));
  sign_ = std::shared_ptr<natsSubscription>{made, natsSubscription_Destroy};
  return {};
}

/// What a replay left that was killed, or that was to be looked at.
caf::error replay::remove_leftovers() {
  auto names = calls_.api_list("STREAM.NAMES", "streams");
  if (!names) return names.error();
  for (auto& name : *names) {
    auto& text = name.get_ref<const std::string&>();
    if (!text.starts_with("KV_" + prefix_of(model_->bucket))) continue;
    auto left = token::admit(std::string_view{text}.substr(3), "bucket");
    if (!left) continue;
    if (auto err = bucket{calls_, *left}.remove()) return err;
  }
  return {};
}

caf::error replay::start_from_current() {
  auto from = log_position{history_.incarnation(), next_};
  auto err = current_.each([&](const document_ptr& entry) -> caf::error {
    if (entry->position < from) built_->begin_with(*entry);
    return {};
  });
  return code_of(err) == errc::not_found ? caf::error{} : err;
}

caf::error replay::build() {
  auto first = std::max(next_, history_.first_sequence());
  auto last = history_.last_sequence();
  progress_.begin("commands", last < first ? 0 : last - first + 1);
  auto err = history_.feed(next_, *built_, [&](uint64_t sequence) { progress_.reached(sequence + 1 - first); });
  if (err) return err;
  report_.commands = history_.last_sequence() < first ? 0 : history_.last_sequence() - first + 1;
  progress_.end(report_.commands);
  if (built_->first_open() && !history_.consumed())
    return refuse("nobody knows which commands are settled: COMMANDS has no reactor's consumer. Start a reactor first");
  next_ = built_->first_open().value_or(history_.last_sequence() + 1);
  report_.counts = built_->counted();
  return {};
}

caf::error replay::write_new() {
  if (auto err = new_.create(history_.replicas())) return err;
  report_.new_bucket = new_.name();
  report_.documents = built_->documents();
  progress_.begin("documents", built_->documents());
  std::vector<stored_document> batch;
  uint64_t done = 0;
  caf::error failed;
  auto flush = [&] {
    if (failed || batch.empty()) return;
    auto written = new_.put(batch);
    if (!written) failed = written.error();
    else if (std::ranges::find(*written, false) != written->end()) failed = refuse("somebody else writes to the bucket " + new_.name());
    done += batch.size();
    batch.clear();
    progress_.reached(done);
  };
  built_->each([&](const std::string&, const rebuild::key_state& x) {
    if (failed || !x.document) return;
    stored_document entry{*x.document};
    entry.revision = 0;
    batch.push_back(std::move(entry));
    if (batch.size() == batch_size) flush();
  });
  flush();
  if (!failed) progress_.end(done);
  return failed;
}

caf::error replay::verify_new() {
  uint64_t seen = 0;
  auto err = new_.each([&](const document_ptr& entry) -> caf::error {
    auto* made = built_->find(entry->key);
    if (!made || !made->document || made->document->text != entry->text)
      return make_error(errc::internal, "the new bucket " + new_.name() + " has another document under " + entry->key + " than was written");
    ++seen;
    return {};
  });
  if (err) return err;
  if (seen != built_->documents())
    return make_error(errc::internal, "the new bucket " + new_.name() + " has " + std::to_string(seen) + " documents, expected " + std::to_string(built_->documents()));
  return {};
}

replay::finding replay::judge(const std::string& key, const document_ptr& current) const {
  auto* made = built_->find(key);
  bool ours = current && current->position.incarnation == history_.incarnation();
  if (ours && current->position.sequence > (made ? made->settled : 0) && !(made && made->applied == current->position)) return finding::moving;
  bool has = current && !current->deleted;
  if (!made) return has ? finding::foreign : finding::same;
  if (made->undecided) // an entry of one of the commands in doubt says how they ended
    return ours && made->undecided_from != 0 && current->position.sequence >= made->undecided_from ? finding::same : finding::undecided;
  if (!made->document) return has ? finding::extra : finding::same;
  if (!has) return finding::missing;
  return current->text == made->document->text || same_value(current->value(), made->document->value()) ? finding::same : finding::differing;
}

void replay::count(finding x) {
  switch (x) {
    case finding::same: ++report_.same; break;
    case finding::differing: ++report_.differing; break;
    case finding::missing: ++report_.missing; break;
    case finding::extra: ++report_.extra; break;
    case finding::foreign: ++report_.foreign; break;
    case finding::undecided: ++report_.undecided; break;
    case finding::moving: ++report_.moving; break;
  }
}

caf::error replay::compare() {
  std::unordered_set<std::string> seen;
  uint64_t of_another_stream = 0;
  auto take = [&](const std::string& key, const document_ptr& current) {
    auto x = judge(key, current);
    count(x);
    bool leave = x == finding::same || x == finding::undecided || (x == finding::foreign && !settings_.remove_foreign);
    if (!leave) to_do_.push_back(key);
  };
  auto err = current_.each([&](const document_ptr& entry) -> caf::error {
    seen.insert(entry->key);
    if (entry->position.incarnation > history_.incarnation()) return refuse("the bucket was written by commands of a newer COMMANDS stream");
    if (entry->position.incarnation != 0 && entry->position.incarnation < history_.incarnation()) ++of_another_stream;
    take(entry->key, entry);
    return {};
  });
  if (code_of(err) == errc::not_found) report_.bucket_made = true; // below, once nothing speaks against it
  else if (err) return err;
  built_->each([&](const std::string& key, const rebuild::key_state&) {
    if (!seen.contains(key)) take(key, nullptr);
  });
  if (of_another_stream > 0 && !settings_.from_sequence)
    return refuse(keys_text(of_another_stream) + " of the bucket were written by commands of an earlier COMMANDS stream, which is lost. "
                  "--from-sequence 1 starts from the bucket as it is");
  if (report_.undecided > 0 && !settings_.leave_undecided)
    return refuse(keys_text(report_.undecided) + " cannot be rebuilt, for instance because of "
                  + (built_->example().empty() ? "commands from before --from-sequence" : built_->example()) + ". "
                  + (built_->counted().undecided > built_->counted().by_handlers ? "--assume-held takes forgotten conditions as having held; " : "")
                  + "--leave-undecided leaves those keys as they are");
  return {};
}

caf::error replay::swap() {
  if (report_.bucket_made)
    if (auto err = current_.create(history_.replicas())) return err;
  auto total = to_do_.size();
  if (total == 0) return {};
  progress_.begin("keys swapped in", total);
  auto deadline = steady::now() + settings_.patience;
  auto look_at = steady::now() + look_again_after;
  std::vector<std::string> later;
  while (!to_do_.empty() && steady::now() < deadline) {
    auto before = to_do_.size() + later.size();
    std::vector<std::string> some{to_do_.end() - static_cast<std::ptrdiff_t>(std::min(batch_size, to_do_.size())), to_do_.end()};
    to_do_.resize(to_do_.size() - some.size());
    if (auto err = swap_some(some)) return err;
    std::ranges::move(some, std::back_inserter(later));
    if (to_do_.size() + later.size() < before) deadline = steady::now() + settings_.patience;
    progress_.reached(total - to_do_.size() - later.size());
    if (!to_do_.empty()) continue;
    to_do_.swap(later);
    if (to_do_.empty()) continue;
    std::this_thread::sleep_for(pause_between);
    // Of a command whose outcome is forgotten only the floors tell that it is settled. Not each time: a key that changes all the time needs us quick.
    if (steady::now() < look_at) continue;
    if (auto err = history_.look()) return err;
    look_at = steady::now() + look_again_after;
  }
  to_do_.insert(to_do_.end(), later.begin(), later.end());
  progress_.end(total - to_do_.size());
  report_.unsettled = to_do_.size();
  if (to_do_.empty()) return {};
  return make_error(errc::unavailable, keys_text(to_do_.size()) + " did not come to rest within " + std::to_string(settings_.patience.count())
                                         + " ms, e.g. " + to_do_.front() + "; is a reactor running? The others are swapped in; run it again");
}

/// Leaves in `keys` those that are not done.
caf::error replay::swap_some(std::vector<std::string>& keys) {
  // In this order: what a command has written by now is known after the round, and what it writes later fails our write.
  auto entries = current_.get(keys);
  if (!entries) return entries.error();
  uint64_t wanted = 0;
  for (size_t i = 0; i < keys.size(); ++i)
    if (judge(keys[i], (*entries)[i]) == finding::moving) wanted = std::max(wanted, (*entries)[i]->position.sequence);
  if (wanted >= next_) {
    // A key that changes all the time leaves us no more than the time between two changes.
    bool few = wanted - next_ < command_history::a_few;
    auto err = few ? history_.feed_some(next_, wanted, *built_) : history_.feed(next_, *built_, [](uint64_t) {});
    if (err) return err;
    next_ = built_->first_open().value_or((few ? wanted : history_.last_sequence()) + 1);
  }
  std::vector<stored_document> writes;
  std::vector<std::string> left;
  for (size_t i = 0; i < keys.size(); ++i) {
    auto& current = (*entries)[i];
    auto x = judge(keys[i], current);
    if (x == finding::moving) left.push_back(keys[i]);
    bool change = x == finding::differing || x == finding::missing || x == finding::extra || (x == finding::foreign && settings_.remove_foreign);
    if (!change) continue;
    stored_document out;
    out.key = keys[i];
    out.deleted = true;
    if (auto* made = built_->find(keys[i])) {
      out.position = made->applied;
      out.command_id = made->command_id;
      out.deleted = made->document == nullptr;
      if (made->document) out.text = made->document->text;
    }
    if (current) {
      out.revision = current->revision;
      // Never behind what the reactor has seen settled here: a redelivery must not be applied again.
      out.position = std::max(out.position, current->position);
    }
    writes.push_back(std::move(out));
  }
  auto written = current_.put(writes);
  if (!written) return written.error();
  for (size_t i = 0; i < writes.size(); ++i) {
    if (!(*written)[i]) left.push_back(writes[i].key); // a command was quicker
    else if (writes[i].deleted) ++report_.removed;
    else ++report_.written;
  }
  keys = std::move(left);
  return {};
}

} // namespace tidings
