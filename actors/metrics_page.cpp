// SPDX-License-Identifier: MIT
#include "actors/metrics_page.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

namespace tidings {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;
using families = std::vector<MetricFamily>;

constexpr std::array end_names{"completed", "rejected", "dead_lettered", "skipped"};
constexpr std::array reply_names{"completed", "failed", "pending", "refused", "unknown", "forwarded"};
constexpr std::array route_names{"command", "outcome", "events", "query", "session", "description", "page", "probe", "metrics", "other"};
constexpr std::array refusal_names{"backlog", "waits", "bus_requests", "forwarded", "nats", "rate", "tickets"};
constexpr std::array status_names{"other", "1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::array stream_names{"command", "owner", "query"};

/// One metric with all its label sets.
class family {
public:
  family(MetricType type, const char* name, const char* help) : result_{name, help, type, {}} {}

  family& with(labels which, double value) {
    auto& x = result_.metric.emplace_back();
    x.label = std::move(which);
    if (result_.type == MetricType::Counter) x.counter.value = value;
    else x.gauge.value = value;
    return *this;
  }

  family& with(labels which, uint64_t value) { return with(std::move(which), static_cast<double>(value)); }

  family& with(labels which, const latencies& value) {
    auto& x = result_.metric.emplace_back();
    x.label = std::move(which);
    uint64_t seen = 0;
    for (size_t i = 0; i < latencies::bounds.size(); ++i) {
      seen += value.counts()[i];
      x.histogram.bucket.push_back({seen, latencies::bounds[i]});
    }
    x.histogram.sample_count = seen + value.counts().back();
    x.histogram.sample_sum = value.sum();
    return *this;
  }

  /// Every declared type and `other`, whether or not one came: a rate needs a first value.
  template <size_t N>
  family& by_type(const metrics& x, const metrics::by_type<N>& counts, const char* label, const std::array<const char*, N>& names) {
    for (size_t type = 0; type < counts.size(); ++type)
      for (size_t how = 0; how < N; ++how) with({{"type", x.types()[type]}, {label, names[how]}}, counts[type][how]);
    return *this;
  }

  void into(families& out) { out.push_back(std::move(result_)); }

private:
  MetricFamily result_;
};

family counter(const char* name, const char* help) { return {MetricType::Counter, name, help}; }
family gauge(const char* name, const char* help) { return {MetricType::Gauge, name, help}; }
family histogram(const char* name, const char* help) { return {MetricType::Histogram, name, help}; }

void add_commands(families& out, const metrics& x) {
  histogram("tidings_command_stage_seconds",
            "How long commands took to a stage: accepted since the submission, the others since the delivery to the reactor")
    .with({{"stage", "accepted"}}, x.accepted)
    .with({{"stage", "handled"}}, x.handled)
    .with({{"stage", "projected"}}, x.projected)
    .with({{"stage", "notified"}}, x.notified)
    .into(out);
  histogram("tidings_command_wait_seconds", "From a command's submission until its outcome was answered to whoever waited").with({}, x.waited).into(out);
  counter("tidings_commands_total", "Commands that the reactor settled, by outcome").by_type(x, x.ends(), "outcome", end_names).into(out);
  counter("tidings_command_replies_total", "What senders of commands were answered").by_type(x, x.replies(), "reply", reply_names).into(out);
  gauge("tidings_command_waiters", "Waits for outcomes now").with({}, x.waiters).into(out);
  gauge("tidings_backlog", "Commands stored and not settled, whichever process settles them").with({}, x.waiting).into(out);
  gauge("tidings_backlog_settled_per_second", "How many of them are settled a second").with({}, x.settled_rate).into(out);
  gauge("tidings_backlog_full", "1 while new commands are refused since too many wait").with({}, x.backlog_full ? 1.0 : 0.0).into(out);
  family refusals = counter("tidings_refusals_total", "Answers 503 and 429 that a bound gave, by bound");
  for (size_t why = 0; why < refusal_names.size(); ++why) refusals.with({{"reason", refusal_names[why]}}, x.refusals[why]);
  refusals.into(out);
}

void add_reactor(families& out, const metrics& x) {
  gauge("tidings_reactor_partitions", "Partitions of COMMANDS that are consumed here").with({}, uint64_t{x.consuming}).into(out);
  gauge("tidings_reactor_in_flight", "Commands delivered to the reactor and not settled").with({}, x.in_flight).into(out);
  counter("tidings_redeliveries_total", "Deliveries to the reactor after the first of a command").with({}, x.redelivered).into(out);
  // Who consumes nothing does not know how long the queue is.
  if (x.consuming > 0)
    gauge("tidings_reactor_behind", "Commands of these partitions that were not delivered to the reactor yet")
      .with({}, std::accumulate(x.behind.begin(), x.behind.end(), uint64_t{0}))
      .into(out);
}

void add_http(families& out, const metrics& x) {
  family responses = counter("tidings_http_responses_total", "Responses by what was asked for and class of status");
  for (size_t route = 0; route < x.responses.size(); ++route)
    for (size_t status = 2; status < status_names.size(); ++status)
      responses.with({{"route", route_names[route]}, {"status", status_names[status]}}, x.responses[route][status]);
  responses.into(out);
  gauge("tidings_http_connections", "Connections now").with({}, x.connections).into(out);
  counter("tidings_http_connections_total", "Connections, accepted or refused since there were too many")
    .with({{"result", "accepted"}}, x.connections_accepted)
    .with({{"result", "refused"}}, x.connections_refused)
    .into(out);
  counter("tidings_http_connections_cut_total", "Connections cut since the client did not read").with({}, x.connections_cut).into(out);
  family streams = gauge("tidings_event_streams", "Server-Sent Event streams now");
  for (size_t kind = 0; kind < x.streams.size(); ++kind) streams.with({{"kind", stream_names[kind]}}, x.streams[kind]);
  streams.into(out);
  counter("tidings_event_resumes_total", "Reads of what event streams had missed, by where it was found")
    .with({{"from", "memory"}}, x.resumed_from_memory)
    .with({{"from", "stream"}}, x.resumed_from_stream)
    .into(out);
  gauge("tidings_event_resumes_waiting", "Event streams that wait for their turn to read from the stream").with({}, x.resumes_waiting).into(out);
}

void add_nats(families& out, const metrics& x) {
  gauge("tidings_nats_connected", "1 while there is a connection to NATS").with({}, x.connected ? 1.0 : 0.0).into(out);
  counter("tidings_nats_connects_total", "Connections to NATS made; the first and every reconnect").with({}, x.connects).into(out);
  counter("tidings_nats_disconnects_total", "Connections to NATS lost").with({}, x.disconnects).into(out);
  counter("tidings_nats_errors_total", "Errors that the NATS client reported, such as a slow consumer").with({}, x.nats_troubles).into(out);
  gauge("tidings_nats_open_calls", "Publishes and requests without an answer now").with({}, x.open_calls).into(out);
  if (!x.durability.empty()) gauge("tidings_durability", "1 for the promise that holds: os, fsync or replicated").with({{"promise", x.durability}}, 1.0).into(out);
}

void add_streams(families& out, const metrics& x) {
  if (x.stored.empty()) return;
  family messages = gauge("tidings_stream_messages", "Messages that a stream or bucket keeps; DEAD_LETTERS should have none");
  family bytes = gauge("tidings_stream_bytes", "Bytes that a stream or bucket keeps");
  for (auto& [name, size] : x.stored) {
    messages.with({{"stream", name}}, size.messages);
    bytes.with({{"stream", name}}, size.bytes);
  }
  messages.into(out);
  bytes.into(out);
}

void add_loop(families& out, const metrics& x) {
  histogram("tidings_loop_delay_seconds", "How late a timer of a thread came, twice a second: what is ready waits that long").with({}, x.loop_delay).into(out);
}

void add_process(families& out) {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) {
    auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds").with({}, seconds(used.ru_utime) + seconds(used.ru_stime)).into(out);
  }
  if (auto* file = std::fopen("/proc/self/statm", "re")) {
    unsigned long pages = 0, resident = 0;
    if (std::fscanf(file, "%lu %lu", &pages, &resident) == 2)
      gauge("process_resident_memory_bytes", "Resident memory size in bytes")
        .with({}, static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)))
        .into(out);
    std::fclose(file);
  }
}

/// What each shard has of its own.
void add_shard(families& out, const metrics& x) {
  add_commands(out, x);
  add_reactor(out, x);
  add_http(out, x);
  add_nats(out, x);
  add_loop(out, x);
}

} // namespace

struct metric_families {
  families shard;
  families streams; ///< Which every shard looks at.
};

std::string render_metrics(const metrics& x) {
  families all;
  add_shard(all, x);
  add_streams(all, x);
  add_process(all);
  return prometheus::TextSerializer{}.Serialize(all);
}

std::shared_ptr<const metric_families> collect_metrics(const metrics& x) {
  auto result = std::make_shared<metric_families>();
  add_shard(result->shard, x);
  add_streams(result->streams, x);
  return result;
}

std::string render_metrics(const std::vector<std::shared_ptr<const metric_families>>& shards, size_t ours) {
  families all;
  double answered = 0;
  for (size_t number = 0; number < shards.size(); ++number) {
    if (!shards[number]) continue;
    ++answered;
    for (auto& family : shards[number]->shard) {
      // Not every shard has every family: only a reactor that consumes knows how far behind it is.
      auto known = std::ranges::find(all, family.name, &MetricFamily::name);
      auto& to = known != all.end() ? *known : all.emplace_back(MetricFamily{family.name, family.help, family.type, {}});
      for (auto metric : family.metric) {
        metric.label.push_back({"shard", std::to_string(number)});
        to.metric.push_back(std::move(metric));
      }
    }
  }
  if (ours < shards.size() && shards[ours]) all.insert(all.end(), shards[ours]->streams.begin(), shards[ours]->streams.end());
  gauge("tidings_shards", "Shards of this process whose figures are here; only with --threads above 1").with({}, answered).into(all);
  add_process(all);
  return prometheus::TextSerializer{}.Serialize(all);
}

} // namespace tidings
