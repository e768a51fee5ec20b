// SPDX-License-Identifier: MIT
#include "net/http_connection.hpp"

#include <array>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "envelopes/errc.hpp"
#include "net/request_reader.hpp"
#include "net/response_head.hpp"
#include "net/stream_buffer.hpp"

namespace tidings::net {

namespace asio = boost::asio;

namespace {

using boost::system::error_code;
using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto never = clock::time_point::max();

// After the last response the peer may still be sending. Closing then would answer with RST, which can destroy the
// response on its way: what comes is discarded for a while first (RFC 9112, 9.6).
constexpr auto linger_time = 2s;
constexpr size_t linger_bytes = 1024 * 1024;

// What may wait unread behind the request in progress, besides a whole head.
constexpr size_t read_ahead = 8 * 1024;

constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";

class connection final : public http_connection {
public:
  connection(asio::ip::tcp::socket socket, http_limits limits, std::shared_ptr<http_handler> handler)
      : socket_(std::move(socket)), limits_(limits), handler_(std::move(handler)),
        buffer_(limits.head_bytes + read_ahead),
        reader_({limits.head_bytes, limits.target_bytes, limits.headers, limits.body_bytes}),
        stream_(limits.stream_buffer_bytes) {}

  void start() override {
    self_ = self();
    error_code ignored; // a peer that is gone already shows in the first read
    socket_.set_option(asio::ip::tcp::no_delay{true}, ignored);
    socket_.non_blocking(true, ignored);
    deadline_ = clock::now() + limits_.head_deadline;
    read();
  }

  void respond(http_response response) override {
    if (state_ == state::answering) send(std::move(response), false);
  }

  void start_stream(http_response head) override {
    if (state_ != state::answering) return;
    last_ = true;
    buffer_.clear();
    if (is_head_ || !is_sendable(head)) return send(std::move(head), true);
    auto text = std::make_shared<std::string>();
    auto body = render_head(*text, head, framing(true));
    text->append(body);
    state_ = state::streaming;
    stream_.push(std::move(text));
    pump();
  }

  bool write_stream(std::shared_ptr<const std::string> chunk) override {
    if (state_ != state::streaming || finishing_) return false;
    if (!chunk || chunk->empty()) return true;
    if (!stream_.push(std::move(chunk))) {
      cut();
      return false;
    }
    pump();
    return true;
  }

  void finish_stream() override {
    if (state_ != state::streaming) return;
    finishing_ = true;
    if (stream_.empty()) linger();
  }

  void drain() override {
    draining_ = true;
    if (state_ == state::reading) {
      // A request that has begun to arrive is in flight, too; its deadline bounds the wait.
      if (buffer_.empty() && reader_.reached() == request_reader::progress::nothing) close();
    } else {
      last_ = true;
      buffer_.clear();
    }
  }

  void abort() override { close(); }

  void check_deadlines(clock::time_point now) override {
    if (now < deadline_) return;
    deadline_ = never;
    if (state_ == state::writing || state_ == state::streaming) return cut();
    // A peer that has sent nothing has asked nothing: there is no request to answer with 408.
    if (state_ == state::lingering || reader_.reached() == request_reader::progress::nothing) return close();
    if (state_ == state::reading) refuse(make_error(errc::request_timeout, "The request took too long to arrive."));
  }

private:
  enum class state : uint8_t {
    reading,   ///< No request, or a part of one.
    refusing,  ///< on_bad_request is posted.
    answering, ///< The owner has a request.
    writing,   ///< A response is on its way.
    streaming,
    lingering, ///< The last response is out; what still comes is discarded.
    closed,
  };

  std::shared_ptr<connection> self() { return std::static_pointer_cast<connection>(shared_from_this()); }

  template <class F>
  void post(F f) {
    asio::post(socket_.get_executor(), [self = self(), f = std::move(f)]() mutable { f(*self); });
  }

  // -- reading
  // ---------------------------------------------------------------------------------------------------------

  /// Keeps one read outstanding whenever there is room: it brings the next bytes, and word of the peer's FIN.
  void read() {
    if (reading_ || eof_ || state_ == state::closed) return;
    auto room = buffer_.prepare(reader_.expected());
    if (room.empty()) return; // enough is pipelined; goes on after the response
    reading_ = true;
    socket_.async_read_some(asio::buffer(room.data(), room.size()),
                            [self = self()](error_code ec, size_t n) { self->on_read(ec, n); });
  }

  void on_read(error_code ec, size_t n) {
    reading_ = false;
    if (state_ == state::closed) return;
    if (ec) return on_read_end(ec == asio::error::eof);
    buffer_.commit(n);
    if (last_) {
      buffer_.clear();
      lingered_ += n;
      if (state_ == state::lingering && lingered_ > linger_bytes) return close();
    }
    if (state_ == state::reading)
      process();
    else
      read();
  }

  void on_read_end(bool orderly) {
    eof_ = true;
    tell_peer_closed();
    // After a FIN the peer may still read: what it asked for before is answered. After a reset it can't.
    if (!orderly || state_ == state::lingering)
      close();
    else if (state_ == state::reading)
      process();
  }

  void tell_peer_closed() {
    if (eof_ && (state_ == state::answering || state_ == state::streaming)) handler_->on_peer_closed();
  }

  /// Takes requests from the buffer until one waits for its answer or bytes are missing. A loop, because answers that
  /// come at once would otherwise nest as deep as the peer pipelines.
  void process() {
    in_process_ = true;
    while (state_ == state::reading && next_request()) {
    }
    in_process_ = false;
    if (state_ == state::reading && eof_)
      close();
    else
      read();
  }

  /// @returns false when bytes are missing.
  bool next_request() {
    if (auto err = reader_.advance(buffer_)) {
      refuse(std::move(err));
      return true;
    }
    switch (reader_.reached()) {
    case request_reader::progress::nothing: return false;
    case request_reader::progress::head:
      // For the first request the clock runs since the connection came.
      if (!std::exchange(head_begun_, true) && !first_) deadline_ = clock::now() + limits_.head_deadline;
      return false;
    case request_reader::progress::body:
      if (!std::exchange(body_begun_, true)) {
        deadline_ = clock::now() + limits_.body_deadline;
        if (reader_.head().expect_continue && reader_.head().request.body.empty()) invite_body();
      }
      return false;
    case request_reader::progress::complete: deliver(); return true;
    }
    return false;
  }

  void invite_body() {
    error_code ec;
    auto n = socket_.write_some(asio::buffer(interim), ec);
    // A peer whose window has no room for these few bytes does not read its answers.
    if (ec || n < interim.size()) close();
  }

  void note_request_traits() {
    is_head_ = reader_.head().request.method == "HEAD";
    is_http_1_0_ = reader_.head().http_1_0;
    first_ = head_begun_ = body_begun_ = false;
    deadline_ = never;
  }

  void deliver() {
    note_request_traits();
    auto request = std::move(reader_.head().request);
    request.keep_alive = request.keep_alive && !draining_;
    if (!request.keep_alive) {
      last_ = true;
      buffer_.clear();
    }
    reader_.reset();
    state_ = state::answering;
    handler_->on_request(std::move(request));
    tell_peer_closed();
  }

  /// The request must not be acted on, and where the next one begins is not known.
  void refuse(caf::error why) {
    note_request_traits();
    last_ = true;
    buffer_.clear();
    state_ = state::refusing;
    auto tell = [why = std::move(why), path = std::move(reader_.head().request.path)](connection& self) mutable {
      if (self.state_ != state::refusing) return;
      self.state_ = state::answering;
      self.handler_->on_bad_request(std::move(why), std::move(path));
      self.tell_peer_closed();
    };
    reader_.reset();
    if (in_process_)
      tell(*this);
    else
      post(std::move(tell));
  }

  // -- writing
  // ---------------------------------------------------------------------------------------------------------

  response_framing framing(bool stream) const { return {is_head_, is_http_1_0_, last_, stream}; }

  void send(http_response response, bool stream) {
    if (!is_sendable(response)) {
      response = unsendable_response();
      stream = false;
    }
    response_ = std::move(response);
    head_.clear();
    auto body = render_head(head_, response_, framing(stream));
    state_ = state::writing;
    unsent_ = {asio::buffer(head_), asio::buffer(body)};
    // Nearly every response fits into the socket's buffer: that spares a turn through the reactor.
    error_code ec;
    auto n = socket_.write_some(unsent_, ec);
    if (ec && ec != asio::error::would_block) return close();
    if (n == head_.size() + body.size()) return on_written();
    unsent_[1] += n > head_.size() ? n - head_.size() : 0;
    unsent_[0] += n;
    deadline_ = clock::now() + limits_.write_deadline;
    asio::async_write(socket_, unsent_, [self = self()](error_code failed, size_t) {
      if (self->state_ != state::writing) return;
      if (failed) return self->close();
      self->on_written();
    });
  }

  void on_written() {
    response_ = {};
    if (last_) return linger();
    state_ = state::reading;
    deadline_ = clock::now() + limits_.idle_deadline;
    if (in_process_) return; // its loop goes on by itself
    if (buffer_.empty() && !eof_)
      read();
    else
      post([](connection& self) { self.resume(); });
  }

  void resume() {
    if (state_ == state::reading) process();
  }

  void pump() {
    if (stream_.writing() || stream_.empty()) return;
    deadline_ = clock::now() + limits_.write_deadline;
    asio::async_write(socket_, stream_.next_write(), [self = self()](error_code ec, size_t) {
      if (self->state_ != state::streaming) return;
      if (ec) return self->close();
      self->on_stream_written();
    });
  }

  void on_stream_written() {
    stream_.written();
    deadline_ = never;
    if (!stream_.empty())
      pump();
    else if (finishing_)
      linger();
    else
      handler_->on_drained();
  }

  // -- closing
  // ---------------------------------------------------------------------------------------------------------

  void linger() {
    if (eof_) return close();
    state_ = state::lingering;
    buffer_.clear();
    lingered_ = 0;
    deadline_ = clock::now() + linger_time;
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    read();
  }

  /// Ends a peer that does not read. A reset also frees what the kernel still holds for it.
  void cut() {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger{true, 0}, ignored);
    close();
  }

  void close() {
    if (state_ == state::closed) return;
    state_ = state::closed;
    deadline_ = never;
    error_code ignored;
    socket_.close(ignored);
    post([](connection& self) {
      auto handler = std::move(self.handler_);
      handler->on_closed();
    });
    self_.reset();
  }

  asio::ip::tcp::socket socket_;
  http_limits limits_;
  std::shared_ptr<http_handler> handler_;
  std::shared_ptr<connection> self_; ///< Until closed; there are moments with no operation outstanding.
  read_buffer buffer_;
  request_reader reader_;
  stream_buffer stream_;
  std::string head_;       ///< Of the response on its way; keeps its memory for the next.
  http_response response_; ///< On its way; owns the body.
  std::array<asio::const_buffer, 2> unsent_;
  clock::time_point deadline_ = never;
  size_t lingered_ = 0; ///< Bytes discarded.
  state state_ = state::reading;
  bool reading_ = false; ///< A read is outstanding.
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
};

} // namespace

std::shared_ptr<http_connection> http_connection::make(asio::ip::tcp::socket socket, http_limits limits,
                                                       std::shared_ptr<http_handler> handler) {
  return std::make_shared<connection>(std::move(socket), limits, std::move(handler));
}

} // namespace tidings::net
