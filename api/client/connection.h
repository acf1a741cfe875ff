#pragma once
#include <map>
#include <memory>
#include <string>

#include "api/client/client.h"

namespace dray::client {

/// An answer with a good status.
struct Answer {
  std::string body;
  std::map<std::string, std::string> headers;  ///< Names in lower case.
};

/// One kept connection and how its failures become words. The only one that knows httplib.
class Client::Connection {
 public:
  static std::unique_ptr<Connection> open(const ClientSettings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Reply<Answer> get(const std::string& path);
  Reply<Answer> post(const std::string& path, const std::string& body);
  Reply<Answer> remove(const std::string& path);

 private:
  struct Socket;
  struct Asked;
  Reply<Answer> send(const Asked& asked);
  Connection(std::unique_ptr<Socket> socket, ClientSettings settings, std::string prefix,
             std::string host);
  std::unique_ptr<Socket> socket_;
  ClientSettings settings_;
  std::string prefix_;  ///< The path of the URL, without a slash at its end.
  std::string host_;    ///< As in the Host header.
};

/// One part of a path, percent-encoded but for unreserved characters and ':'.
std::string path_part(const std::string& text);

}  // namespace dray::client
