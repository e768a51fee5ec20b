// SPDX-License-Identifier: MIT
#include "app/serve_options.hpp"

#include <algorithm>

#include "app/nats_client_options.hpp"

namespace tidings {

bool has_role(const serve_options& options, std::string_view role) {
  return std::ranges::find(options.roles, role) != options.roles.end();
}

void add_serve_options(CLI::App& verb, serve_options& x) {
  verb.add_option("--listen", x.listen, "Address and port for HTTP; port 0 takes a free one")->envname("TIDINGS_LISTEN")->capture_default_str();
  add_nats_options(verb, x.nats, x.nats_secrets, embedded_nats::allowed);
  verb.add_option("--store", x.store, "Directory of the embedded nats-server")->envname("TIDINGS_STORE")->capture_default_str();
  verb.add_option_function<std::string>("--durability", [&x](const std::string& name) { x.promise = *durability_named(name); },
                                        "What an acknowledged command survives: os (the end of any process), fsync (a power cut), replicated "
                                        "(the loss of one of three servers)")
    ->envname("TIDINGS_DURABILITY")
    ->check(CLI::IsMember({"os", "fsync", "replicated"}))
    ->default_str("os");
  verb.add_option("--model", x.models, "Model file; may be given several times. Default: the locations example")
    ->envname("TIDINGS_MODEL")
    ->take_all();
  verb.add_option("--roles", x.roles, "gateway takes commands and queries, reactor handles commands; separated by commas")
    ->envname("TIDINGS_ROLES")
    ->delimiter(',')
    ->check(CLI::IsMember({"gateway", "reactor"}))
    ->take_all()
    ->capture_default_str();
  verb.add_option("--threads", x.threads, "Threads that serve: each has its own connection to NATS, copies of the buckets and share of the clients")
    ->envname("TIDINGS_THREADS")
    ->check(CLI::Range(1, 64))
    ->capture_default_str();
  verb.add_option("--busy-poll", x.busy_poll_us, "Microseconds that a thread looks for what comes next before it sleeps: quicker answers for CPU")
    ->envname("TIDINGS_BUSY_POLL")
    ->check(CLI::Range(0, 1000))
    ->capture_default_str();
  verb.add_option("--default-wait", x.default_wait_ms, "Milliseconds a command waits for its outcome without Prefer: wait")
    ->envname("TIDINGS_DEFAULT_WAIT")
    ->check(CLI::Range(0, 3'600'000))
    ->capture_default_str();
  verb.add_option("--max-wait", x.max_wait_ms, "The most milliseconds a client can ask to wait")
    ->envname("TIDINGS_MAX_WAIT")
    ->check(CLI::Range(0, 3'600'000))
    ->capture_default_str();
  verb.add_option("--max-backlog", x.max_backlog, "Commands that may wait to be handled; beyond it 503, with Retry-After by how fast they are; 0: no limit")
    ->envname("TIDINGS_MAX_BACKLOG")
    ->check(CLI::Range(0, 1'000'000'000))
    ->capture_default_str();
  verb.add_flag("--demo", x.demo, "Let clients slow handlers down (Tidings-Delay-Ms), to show what a slow system feels like")
    ->envname("TIDINGS_DEMO");
  add_door_options(verb, x.door);
  verb.add_option("--log-level", x.log_level, "How much to log to standard error")
    ->envname("TIDINGS_LOG_LEVEL")
    ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}))
    ->capture_default_str();
  verb.add_option("--log-format", x.log_format, "text, or json: one object a line")
    ->envname("TIDINGS_LOG_FORMAT")
    ->check(CLI::IsMember({"text", "json"}))
    ->capture_default_str();
}

} // namespace tidings
