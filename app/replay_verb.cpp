// SPDX-License-Identifier: MIT
#include "app/replay_verb.hpp"

#include <algorithm>
#include <iostream>

#include "app/printable.hpp"
#include "app/progress_text.hpp"
#include "app/startup.hpp"
#include "envelopes/errc.hpp"
#include "net/nats_login.hpp"

namespace tidings {

namespace {

int complain(const std::string& sentence, int code) {
  std::cerr << "tidings: " << printable(sentence) << '\n';
  return code;
}

json to_document(const replay_report& x) {
  return {{"commands", x.commands},   {"applied", x.counts.applied}, {"without_effect", x.counts.without_effect},
          {"undecided_commands", x.counts.undecided}, {"told_otherwise", x.counts.otherwise},
          {"documents", x.documents}, {"same", x.same},         {"differing", x.differing}, {"missing", x.missing},
          {"extra", x.extra},         {"foreign", x.foreign},   {"undecided", x.undecided}, {"moving", x.moving},
          {"written", x.written},     {"removed", x.removed},   {"unsettled", x.unsettled},
          {"bucket_made", x.bucket_made}, {"new_bucket", x.new_bucket}};
}

void print(const replay_report& x, const replay_options& options) {
  auto line = [](const char* name, uint64_t value, const char* what) {
    std::cout << name << std::string(12 - std::string_view{name}.size(), ' ') << with_commas(value) << what << '\n';
  };
  line("commands", x.commands, " gone through");
  line("applied", x.counts.applied, "");
  line("no effect", x.counts.without_effect, " rejected, given up or repeated");
  if (x.counts.otherwise > 0) line("otherwise", x.counts.otherwise, " told completed that would be rejected today; what was told stands");
  line("documents", x.documents, " in the new bucket");
  line("same", x.same, " keys as in the current bucket");
  line("differing", x.differing, "");
  line("missing", x.missing, " in the current bucket");
  line("extra", x.extra, " in the current bucket, removed by a command");
  if (x.foreign > 0) line("foreign", x.foreign, options.settings.remove_foreign ? " that no command made" : " that no command made; left, --remove-foreign removes them");
  if (x.undecided > 0) line("undecided", x.undecided, " that the commands do not tell");
  if (x.moving > 0) line("moving", x.moving, " changed meanwhile");
  if (options.settings.dry_run) {
    std::cout << "nothing is changed; look at the bucket " << x.new_bucket << ", which the next replay removes\n";
    return;
  }
  line("written", x.written, "");
  line("removed", x.removed, "");
}

} // namespace

void add_replay_options(CLI::App& verb, replay_options& x) {
  verb.option_defaults()->take_last();
  auto& flags = x.settings;
  verb.add_option("bucket", x.bucket, "The bucket to rebuild")->required();
  verb.add_option("--model", x.models, "Model file; one of them declares the bucket. Default: the locations example")->envname("TIDINGS_MODEL")->take_all();
  add_nats_options(verb, x.nats.url, x.nats.secrets);
  verb.add_option("--timeout", x.timeout_ms, "Milliseconds for one call to NATS")->check(CLI::Range(1, 3'600'000))->capture_default_str();
  verb.add_option("--patience", x.patience_ms, "Milliseconds to wait for keys that keep changing")->check(CLI::Range(1, 3'600'000))->capture_default_str();
  verb.add_option("--from-sequence", x.from_sequence, "Keep the bucket as it was before this command of COMMANDS, and go on from there")->check(CLI::Range(uint64_t{1}, UINT64_MAX));
  verb.add_flag("--assume-held", flags.assume_held, "Take conditions of commands whose outcome is forgotten as having held");
  verb.add_flag("--accept-gaps", flags.accept_gaps, "Replay without commands that were deleted from the stream");
  verb.add_flag("--leave-undecided", flags.leave_undecided, "Leave keys as they are that cannot be rebuilt");
  verb.add_flag("--remove-foreign", flags.remove_foreign, "Remove what no command made");
  verb.add_flag("--dry-run", flags.dry_run, "Build and compare, but swap nothing in");
  verb.add_flag("--json", x.as_json, "The report as one object, and no progress");
}

int replay_bucket(const replay_options& options) {
  auto sources = startup::read_models(options.models);
  if (!sources) return complain(failure_of(sources.error()).detail, 2);
  auto models = startup::make_catalog(*sources);
  if (!models) return complain(failure_of(models.error()).detail, 2);
  auto& all = (*models)->models();
  auto model = std::ranges::find(all, options.bucket, [](auto& x) { return x->bucket.str(); });
  if (model == all.end()) {
    std::string names;
    for (auto& x : all) names += (names.empty() ? "" : ", ") + x->bucket.str();
    return complain("no model has the bucket " + options.bucket + "; there is " + names + ". --model names the file", 2);
  }
  auto login = std::make_shared<net::nats_login>(options.nats.secrets);
  if (auto err = login->check()) return complain(failure_of(err).detail, 2);
  auto nats = client::connect(options.nats.url, std::move(login));
  if (!nats) return complain(failure_of(nats.error()).detail, 1);
  auto settings = options.settings;
  settings.patience = std::chrono::milliseconds{options.patience_ms};
  if (options.from_sequence > 0) settings.from_sequence = options.from_sequence;
  replay job{nats_calls{std::move(*nats), std::chrono::milliseconds{options.timeout_ms}}, *models, *model, settings, options.as_json};
  auto err = job.run();
  auto& report = job.report();
  if (options.as_json) std::cout << to_document(report).dump() << '\n';
  else if (!err || !report.new_bucket.empty()) print(report, options);
  std::cout << std::flush;
  if (err) return complain(failure_of(err).detail, 1);
  if (report.bucket_made && !settings.dry_run)
    std::cerr << "the bucket was made anew: restart running gateways and reactors, whose copies know the revisions of the old one\n";
  return 0;
}

} // namespace tidings
