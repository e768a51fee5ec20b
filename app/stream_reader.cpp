// SPDX-License-Identifier: MIT
#include "app/stream_reader.hpp"

#include <memory>

#include <nats/nats.h>

#include "envelopes/errc.hpp"

namespace tidings {

caf::error read_stream(const nats_calls& calls, const stream_range& range,
                       const std::function<caf::error(const net::nats_message&, const net::delivery_info&)>& visit) {
  if (range.to == 0 || (!range.last_of_each && range.from > range.to)) return {};
  auto failed = [&](natsStatus status, jsErrCode code = jsErrCode{}) {
    auto why = status == NATS_TIMEOUT ? "nothing came within " + std::to_string(calls.timeout().count()) + " ms"
                                      : std::string{natsStatus_GetText(status)};
    if (code != jsErrCode{}) why += ", JetStream error " + std::to_string(code);
    return make_error(status == NATS_TIMEOUT ? errc::outcome_unknown : errc::unavailable, "cannot read stream " + range.stream + ": " + why);
  };
  jsCtx* context = nullptr;
  auto status = natsConnection_JetStream(&context, calls.nats().get(), nullptr);
  std::unique_ptr<jsCtx, void (*)(jsCtx*)> js{context, jsCtx_Destroy};
  jsSubOptions options;
  if (status == NATS_OK) status = jsSubOptions_Init(&options);
  if (status != NATS_OK) return failed(status);
  options.Ordered = true;
  options.Stream = range.stream.c_str();
  options.Config.DeliverPolicy = range.last_of_each ? js_DeliverLastPerSubject : js_DeliverByStartSequence;
  options.Config.OptStartSeq = range.last_of_each ? 0 : range.from;
  natsSubscription* made = nullptr;
  jsErrCode code{};
  status = js_SubscribeSync(&made, context, range.filter.c_str(), nullptr, &options, &code);
  std::unique_ptr<natsSubscription, void (*)(natsSubscription*)> subscription{made, natsSubscription_Destroy};
  if (status != NATS_OK) return failed(status, code);
  for (;;) {
    natsMsg* got = nullptr;
    status = natsSubscription_NextMsg(&got, made, calls.timeout().count());
    if (status != NATS_OK) return failed(status);
    net::nats_message msg{got};
    auto info = net::parse_delivery(msg.reply());
    if (!info) continue;
    if (info->stream_sequence <= range.to)
      if (auto err = visit(msg, *info)) return err;
    if (info->stream_sequence >= range.to || info->pending == 0) return {};
  }
}

} // namespace tidings
