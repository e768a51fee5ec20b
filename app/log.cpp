// SPDX-License-Identifier: MIT
#include "app/log.hpp"

#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "app/printable.hpp"
#include "envelopes/json.hpp"

namespace tidings {

namespace {

// What is logged may quote what clients, handlers and servers sent: it can neither begin a line of its own nor steer a terminal.

/// The message on one line.
class text_message : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& msg, const std::tm&, spdlog::memory_buf_t& dest) override {
    auto text = printable({msg.payload.data(), msg.payload.size()});
    dest.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<text_message>(); }
};

/// The message as a JSON string of ASCII.
class json_message : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg& msg, const std::tm&, spdlog::memory_buf_t& dest) override {
    auto text = json(std::string_view{msg.payload.data(), msg.payload.size()}).dump(-1, ' ', true, json::error_handler_t::replace);
    dest.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<json_message>(); }
};

thread_local size_t shard_here = 0;

class shard_number : public spdlog::custom_flag_formatter {
public:
  void format(const spdlog::details::log_msg&, const std::tm&, spdlog::memory_buf_t& dest) override {
    auto text = std::to_string(shard_here);
    dest.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<shard_number>(); }
};

constexpr char shard_flag = 'k';

} // namespace

void log_as_shard(size_t number) {
  shard_here = number;
}

void start_log(const std::string& level, log_style style, bool shards) {
  auto logger = spdlog::stderr_color_mt("tidings");
  if (style == log_style::json_lines) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<json_message>('*').add_flag<shard_number>(shard_flag);
    formatter->set_pattern(shards ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","shard":%k,"message":%*})"
                                  : R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":%*})");
    logger->set_formatter(std::move(formatter));
  } else {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<text_message>('*').add_flag<shard_number>(shard_flag);
    formatter->set_pattern(shards ? "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ [%k] %*" : "%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %*");
    logger->set_formatter(std::move(formatter));
  }
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

} // namespace tidings
