#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "model/error.h"

namespace dray {

/// The listening socket of the link. Tells by the first frame's kind whether an agent or its logs
/// are calling, and hands the socket over with nothing read from it.
class LinkPort {
 public:
  /// Called on the io_context's thread, which the socket belongs to.
  using Take = std::function<void(boost::asio::ip::tcp::socket)>;

  /// More strangers at once than any start of a thousand agents brings.
  static constexpr std::size_t kArrivingMax = 4096;

  /// `io` must outlive the port; `run` it on one thread. Of more than `arriving_max` sockets that
  /// have not said what they are, the oldest goes: whoever speaks at once is heard.
  LinkPort(boost::asio::io_context& io, Take take_agent, Take take_logs,
           std::size_t arriving_max = kArrivingMax);
  ~LinkPort();
  LinkPort(const LinkPort&) = delete;
  LinkPort& operator=(const LinkPort&) = delete;

  /// Listens on a loopback address; port 0 picks a free one. The port that was taken, or a sentence
  /// for the operator. Nothing is accepted before `start`.
  Result<std::uint16_t> listen(const std::string& address, std::uint16_t port);
  void start();

 private:
  class Arrival;
  using Arrivals = std::map<std::uint64_t, Arrival*>;  ///< By age.
  void accept();

  boost::asio::ip::tcp::acceptor acceptor_;
  Take take_agent_;
  Take take_logs_;
  std::size_t arriving_max_;
  std::uint64_t last_ = 0;
  std::shared_ptr<Arrivals> arriving_;  ///< Sockets that have not said what they are.
};

}  // namespace dray
