// SPDX-License-Identifier: MIT
#include "actors/sse_writer.hpp"

#include <random>

#include "net/sse.hpp"

namespace tidings {

using namespace std::chrono_literals;

namespace {

// Clients that lost the same server come back spread over this range.
std::chrono::milliseconds jittered_retry() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return 1000ms + std::chrono::milliseconds{std::uniform_int_distribution<int>{0, 2000}(random)};
}

} // namespace

sse_writer::~sse_writer() {
  if (begun_) --counts_->streams[static_cast<size_t>(kind_)];
}

void sse_writer::begin(std::string_view position) {
  begun_ = true;
  ++counts_->streams[static_cast<size_t>(kind_)];
  counts_->answered(route_class::events, 200);
  net::http_response head;
  head.content_type = "text/event-stream";
  head.headers = {{"Cache-Control", "no-cache, no-transform"}, {"X-Accel-Buffering", "no"}};
  connection_->start_stream(std::move(head));
  auto text = net::sse_comment("tidings") + net::sse_retry(jittered_retry());
  // An id without data dispatches nothing, but it is where the client resumes (WHATWG HTML, 9.2.6).
  if (!position.empty()) text.append("id: ").append(position).append("\n\n");
  write(std::move(text));
}

void sse_writer::event(std::string_view id, std::string_view name, std::string_view data, std::string_view traceparent) {
  auto text = net::sse_event(id, name, data);
  if (!traceparent.empty()) text.insert(0, net::sse_comment("traceparent " + std::string{traceparent}));
  write(std::move(text));
}

void sse_writer::sign_of_life() {
  if (begun_) write(net::sse_comment("alive"));
}

void sse_writer::finish() {
  if (begun_) connection_->finish_stream();
}

void sse_writer::nothing_more() {
  counts_->answered(route_class::events, 204);
  connection_->respond({204, {{"Cache-Control", "no-store"}}, {}, {}, nullptr});
}

void sse_writer::write(std::string text) {
  unsent_ += text.size();
  // Beyond its bound the connection cuts itself; its session then ends us. The client resumes from its last id.
  connection_->write_stream(std::make_shared<const std::string>(std::move(text)));
}

} // namespace tidings
