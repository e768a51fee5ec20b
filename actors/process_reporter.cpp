// SPDX-License-Identifier: MIT
#include "actors/process_reporter.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "actors/metrics_page.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 1s;
constexpr auto tick = 100ms;
constexpr std::string_view stopping = "process"; // as readiness names it

} // namespace

readiness_report merge_readiness(const std::vector<shard_report>& reports) {
  readiness_report result{true, {}};
  std::map<std::string, component_state> parts;
  std::vector<component_state> last;
  for (size_t number = 0; number < reports.size(); ++number) {
    auto shard = "shard " + std::to_string(number);
    auto& report = reports[number];
    if (report.round == 0) {
      result.ready = false;
      parts[shard] = {shard, false, "does not answer"};
      continue;
    }
    result.ready = result.ready && report.readiness.ready;
    for (auto& part : report.readiness.parts) {
      if (part.name == stopping) { // one says it for all, and behind the others
        if (last.empty()) last.push_back(part);
        continue;
      }
      auto& known = parts.try_emplace(part.name, component_state{part.name, true, {}}).first->second;
      if (part.ready) continue;
      known.ready = false;
      known.detail += (known.detail.empty() ? "" : "; ") + shard + ": " + part.detail;
    }
  }
  for (auto& [part, state] : parts) result.parts.push_back(std::move(state));
  result.parts.insert(result.parts.end(), last.begin(), last.end());
  return result;
}

void process_reporter_state::init(process_reporter_options options) {
  options_ = std::move(options);
}

void process_reporter_state::on_peers(reporter_peers& x) {
  peers_ = std::move(x.all);
  if (!next_.empty() && now_.empty()) begin_round();
}

caf::result<readiness_report> process_reporter_state::ask_readiness() {
  auto promise = self_->make_response_promise<readiness_report>();
  next_.readiness.push_back(promise);
  if (now_.empty()) begin_round();
  return promise;
}

caf::result<std::string> process_reporter_state::ask_counts() {
  auto promise = self_->make_response_promise<std::string>();
  next_.counts.push_back(promise);
  if (now_.empty()) begin_round();
  return promise;
}

void process_reporter_state::begin_round() {
  if (peers_.empty()) return; // they come with the first message
  now_ = std::exchange(next_, {});
  ++round_;
  reports_.assign(peers_.size(), {});
  missing_ = peers_.size();
  due_ = self_->clock().now() + patience;
  for (auto& peer : peers_) peer.ask(shard_question{options_.number, round_, !now_.counts.empty()});
  if (std::exchange(ticking_, true)) return;
  self_->delayed_send(self_, tick, tick_atom::value);
}

void process_reporter_state::on_question(const shard_question& x) {
  if (x.from >= peers_.size()) return;
  self_->request(options_.readiness, caf::infinite, start_atom::value).then([this, x](readiness_report& report) {
    // Put into words here: these counters belong to our thread.
    peers_[x.from].answer(shard_report{options_.number, x.round, std::move(report), x.counts ? collect_metrics(*options_.counts) : nullptr});
  });
}

void process_reporter_state::on_report(shard_report& x) {
  if (now_.empty() || x.round != round_ || x.from >= reports_.size() || reports_[x.from].round != 0) return;
  reports_[x.from] = std::move(x);
  if (--missing_ == 0) end_round();
}

void process_reporter_state::end_round() {
  if (!now_.readiness.empty()) {
    auto all = merge_readiness(reports_);
    for (auto& promise : now_.readiness) promise.deliver(all);
  }
  if (!now_.counts.empty()) {
    std::vector<std::shared_ptr<const metric_families>> counts;
    for (auto& report : reports_) counts.push_back(std::move(report.counts));
    auto page = render_metrics(counts, options_.number);
    for (auto& promise : now_.counts) promise.deliver(page);
  }
  now_ = {};
  reports_.clear();
  if (!next_.empty()) begin_round();
}

void process_reporter_state::on_tick() {
  if (!now_.empty() && self_->clock().now() >= due_) end_round();
  ticking_ = !now_.empty();
  if (ticking_) self_->delayed_send(self_, tick, tick_atom::value);
}

process_reporter_actor::behavior_type process_reporter(process_reporter_ptr self, process_reporter_options options) {
  self->state.init(std::move(options));
  return {
    [self](reporter_peers& x) { self->state.on_peers(x); },
    [self](start_atom) { return self->state.ask_readiness(); },
    [self](count_atom) { return self->state.ask_counts(); },
    [self](const shard_question& x) { self->state.on_question(x); },
    [self](shard_report& x) { self->state.on_report(x); },
    [self](tick_atom) { self->state.on_tick(); },
  };
}

} // namespace tidings
