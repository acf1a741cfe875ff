#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

namespace dray {

/// Opens a TCP connection, again and again until it succeeds, with jittered back-off. On the
/// io_context's one thread; keeps itself alive while it dials.
class Dialer : public std::enable_shared_from_this<Dialer> {
 public:
  using Connected = std::function<void(boost::asio::ip::tcp::socket)>;
  Dialer(boost::asio::io_context& io, std::string host, std::uint16_t port);

  /// Dials after the present delay and calls `connected` once. Not while a dialling is under way.
  void dial(Connected connected);
  /// The connection proved good: the next delay is short again.
  void praise();
  /// Never calls anybody again.
  void stop();

 private:
  void resolve();
  void connect(const boost::asio::ip::tcp::resolver::results_type& where);
  void wait();

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string host_;
  std::string port_;
  Connected connected_;
  std::minstd_rand chance_;
  std::chrono::milliseconds delay_{0};  ///< Before the next try; none before the first.
  bool is_stopped_ = false;
};

}  // namespace dray
