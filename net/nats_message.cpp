// SPDX-License-Identifier: MIT
#include "net/nats_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace tidings::net {

namespace {

std::string_view view(const char* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

// Above either bound what was gathered is destroyed.
constexpr size_t most_gathered = 4096;
constexpr size_t most_gathered_bytes = 4 * 1024 * 1024;

struct gathered_messages {
  std::vector<natsMsg*> messages;
  size_t bytes = 0;

  ~gathered_messages() { destroy(); }
  void add(natsMsg* msg) {
    messages.push_back(msg);
    bytes += static_cast<size_t>(std::max(natsMsg_GetDataLength(msg), 0));
    if (messages.size() >= most_gathered || bytes >= most_gathered_bytes) destroy();
  }
  void destroy() noexcept {
    for (auto* msg : messages) natsMsg_Destroy(msg);
    messages.clear();
    bytes = 0;
  }
};

} // namespace

std::string_view value_of(const nats_headers& headers, std::string_view name) noexcept {
  auto i = std::ranges::find(headers, name, [](auto& x) { return std::string_view{x.first}; });
  return i == headers.end() ? std::string_view{} : std::string_view{i->second.str()};
}

header_value::header_value(std::string text) : text_{std::move(text)} {
  auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  // Without a way out, so that the compiler looks at many at a time.
  bool any = false;
  for (auto c : text_) any |= is_control(static_cast<unsigned char>(c));
  if (any) std::ranges::replace_if(text_, is_control, ' ');
}

void destroy_later(natsMsg* msg) noexcept {
  thread_local gathered_messages here;
  here.add(msg);
}

std::string_view nats_message::subject() const noexcept {
  return view(natsMsg_GetSubject(msg_.get()));
}

std::string_view nats_message::reply() const noexcept {
  return view(natsMsg_GetReply(msg_.get()));
}

std::string_view nats_message::data() const noexcept {
  auto size = natsMsg_GetDataLength(msg_.get());
  return size <= 0 ? std::string_view{} : std::string_view{natsMsg_GetData(msg_.get()), static_cast<size_t>(size)};
}

std::string_view nats_message::header(const char* name) const noexcept {
  const char* value = nullptr;
  return natsMsgHeader_Get(msg_.get(), name, &value) == NATS_OK ? view(value) : std::string_view{};
}

int nats_message::status() const noexcept {
  // Only messages without data carry a status, and reading headers makes nats.c parse them all.
  if (natsMsg_GetDataLength(msg_.get()) > 0) return 0;
  auto text = header("Status");
  int code = 0;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code;
}

std::optional<delivery_info> parse_delivery(std::string_view reply) noexcept {
  constexpr std::string_view prefix = "$JS.ACK.";
  if (!reply.starts_with(prefix)) return std::nullopt;
  std::array<std::string_view, 16> tokens;
  size_t count = 0;
  for (auto rest = reply; count < tokens.size();) {
    auto dot = rest.find('.');
    tokens[count++] = rest.substr(0, dot);
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // $JS.ACK.<stream>.<consumer>.<delivered>.<sseq>.<cseq>.<time>.<pending>, or with <domain>.<account> before <stream>.
  size_t first = count == 9 ? 4 : count >= 11 ? 6 : 0;
  if (first == 0) return std::nullopt;
  delivery_info info;
  uint64_t* fields[] = {&info.delivered, &info.stream_sequence, &info.consumer_sequence, &info.timestamp_ns, &info.pending};
  for (auto* field : fields) {
    auto text = tokens[first++];
    auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), *field);
    if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  }
  return info;
}

} // namespace tidings::net
