// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "net/http_connection.hpp"
#include "net/request_reader.hpp"
#include "net/response_head.hpp"
#include "net/stream_buffer.hpp"

namespace tidings::net {

/// An http_connection on a TCP socket. Requests are put together by request_reader, responses are
/// outgoing_response; what is left here is the order of things: which state follows which, and who may be called when.
class socket_connection final : public http_connection {
public:
  using clock = std::chrono::steady_clock;

  socket_connection(boost::asio::ip::tcp::socket socket, http_limits limits, std::shared_ptr<http_handler> handler);

  void start() override;
  void decorate(std::vector<std::pair<std::string_view, std::string>> headers) override { decoration_ = std::move(headers); }
  void respond(http_response response) override;
  void start_stream(http_response head) override;
  bool write_stream(std::shared_ptr<const std::string> chunk) override;
  void finish_stream() override;
  void end_stream_at(clock::time_point end) override { stream_end_ = end; }
  void drain() override;
  void abort() override;
  bool was_cut() const noexcept override { return cut_; }
  void check_deadlines(std::chrono::steady_clock::time_point now) override;

private:
  using error_code = boost::system::error_code;

  static constexpr auto never = clock::time_point::max();

  enum class state : uint8_t {
    reading,   ///< No request, or a part of one.
    refusing,  ///< on_bad_request is posted.
    answering, ///< The owner has a request.
    writing,   ///< A response is on its way.
    streaming,
    lingering, ///< The last response is out; what still comes is discarded.
    closed,
  };

  std::shared_ptr<socket_connection> self() { return std::static_pointer_cast<socket_connection>(shared_from_this()); }

  /// Calls `f` from the loop, where the handler may be called.
  template <class F>
  void post(F f) {
    boost::asio::post(socket_.get_executor(), [self = self(), f = std::move(f)]() mutable { f(*self); });
  }

  // socket_connection_reading.cpp
  /// Waits for the next bytes whenever there is room for them, and for word of the peer's FIN. The read itself follows
  /// the wait: one under way would point into a flat_buffer that moves when a pipelined request is taken from it.
  void read();
  void on_readable(error_code ec);
  /// @returns how many bytes were read into the buffer.
  size_t fill_buffer(error_code& ec);
  /// Forgets what was read, and gives the memory back: nobody will read it.
  void drop_input();
  /// @param orderly a FIN, not a reset.
  void on_read_end(bool orderly);
  void tell_peer_closed();
  /// Takes requests from the buffer until one waits for its answer or bytes are missing. A loop, because answers that
  /// come at once would otherwise nest as deep as the peer pipelines.
  void process();
  /// @returns false when bytes are missing.
  bool next_request();
  /// Sends 100 Continue.
  void invite_body();
  void note_request_traits();
  void deliver();
  /// The request must not be acted on, and where the next one begins is not known.
  void refuse(caf::error why);

  // socket_connection_writing.cpp
  /// Whether the body comes so slowly that it only holds a place.
  bool dribbles(clock::time_point now) const;
  void add_decoration(http_response& response);
  response_framing framing(bool stream) const;
  void send(http_response response, bool stream);
  void on_written();
  void resume();
  void pump();
  void on_stream_written();

  // http_connection.cpp
  /// Waits a little for the peer's end, so that it can read its last response.
  void linger();
  /// Ends a peer that does not read. A reset also frees what the kernel still holds for it.
  void cut();
  void close();

  boost::asio::ip::tcp::socket socket_;
  http_limits limits_;
  std::shared_ptr<http_handler> handler_;
  std::shared_ptr<socket_connection> self_; ///< Until closed; there are moments with no operation outstanding.
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<request_reader> reader_; ///< Null once streaming: nothing is read as a request any more.
  stream_buffer stream_;
  std::unique_ptr<outgoing_response> outgoing_; ///< While writing. More than half of us: streams, which idle, have none.
  clock::time_point deadline_ = never;
  clock::time_point stream_end_ = never;
  std::vector<std::pair<std::string_view, std::string>> decoration_;
  size_t body_received_ = 0;
  size_t lingered_ = 0; ///< Bytes discarded.
  state state_ = state::reading;
  bool reading_ = false; ///< A wait for bytes is outstanding.
  bool eof_ = false;     ///< The peer sends nothing more.
  bool last_ = false;    ///< No request will be read after the present one.
  bool draining_ = false;
  bool finishing_ = false;  ///< The stream's last chunk was written to the buffer.
  bool in_process_ = false; ///< In a completion handler of ours: the handler may be called.
  bool first_ = true;       ///< Of this connection's requests.
  bool head_begun_ = false;
  bool body_begun_ = false;
  bool is_head_ = false;
  bool is_http_1_0_ = false;
  bool cut_ = false;
};

} // namespace tidings::net
