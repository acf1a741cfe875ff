#include "api/server/http_server.h"

#include <csignal>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "api/server/browser_guard.h"
#include "api/server/dispatcher.h"
#include "api/server/door.h"
#include "api/server/gate/counts.h"
#include "api/server/gate/gate.h"
#include "api/server/gate/request_limits.h"
#include "api/server/gate/server_tls.h"
#include "api/server/routes.h"

namespace dray::server {

/// In the order in which they are made; each may use those before it. The io_context is the first,
/// for what waits in it for ever holds connections.
struct HttpServer::Rooms {
  Rooms(api::Backend& backend, HttpSettings given, Admission* other)
      : settings(std::move(given)),
        signatures(backend, !settings.tls_certificate_file.empty()),
        guard(settings.host, settings.host_names, !settings.tls_certificate_file.empty()),
        routes(backend, {settings.region, settings.account}, {settings.version, settings.commit},
               settings.web_dir),
        dispatcher(routes, settings.limits.idle_deadline,
                   settings.limits.requests_per_connection_max),
        request_limits(settings.limits, counts),
        door({backend, guard, other != nullptr ? *other : signatures, routes, dispatcher,
              request_limits},
             {settings.region, settings.account}, is_loopback_peer(settings.host)),
        streams(io, backend, settings.streams) {
    routes.ask_gate([this] { return facts(); });
  }

  [[nodiscard]] api::DoorFacts facts() const {
    api::DoorFacts facts;
    facts.streams_open = streams.open();
    facts.connections_open = counts.connections_open;
    for (std::size_t kind = 0; kind < kRefusedKinds; ++kind) {
      auto& list =
          kind < kRefusedConnectionKinds ? facts.connections_refused : facts.requests_refused;
      list.emplace_back(word_of(static_cast<Refused>(kind)), counts.refused[kind]);
    }
    return facts;
  }

  boost::asio::io_context io{1};
  const HttpSettings settings;
  SignedAdmission signatures;
  const BrowserGuard guard;
  GateCounts counts;
  Routes routes;
  const Dispatcher dispatcher;
  RequestLimits request_limits;
  const Door door;
  EventStreams streams;
  std::unique_ptr<ServerTls> tls;
  std::unique_ptr<Gate> gate;
};

HttpServer::HttpServer(api::Backend& backend, HttpSettings settings)
    : rooms_(std::make_unique<Rooms>(backend, std::move(settings), nullptr)) {}

HttpServer::HttpServer(api::Backend& backend, HttpSettings settings, Admission& admission)
    : rooms_(std::make_unique<Rooms>(backend, std::move(settings), &admission)) {}

HttpServer::~HttpServer() {
  stop();
}

Result<std::uint16_t> HttpServer::bind() {
  const HttpSettings& settings = rooms_->settings;
  if (!settings.tls_certificate_file.empty()) {
    Result<std::unique_ptr<ServerTls>> tls =
        ServerTls::load(settings.tls_certificate_file, settings.tls_key_file);
    if (!tls) {
      return tl::unexpected(tls.error());
    }
    rooms_->tls = std::move(*tls);
  }
  rooms_->gate =
      std::make_unique<Gate>(rooms_->io, settings.limits,
                             Gate::Rooms{rooms_->door, rooms_->streams, rooms_->request_limits,
                                         rooms_->counts, rooms_->tls.get()});
  return rooms_->gate->bind(settings.host, settings.port);
}

void HttpServer::run() {
  // OpenSSL writes without MSG_NOSIGNAL.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  const auto work = boost::asio::make_work_guard(rooms_->io);
  rooms_->gate->start();
  rooms_->io.run();
  rooms_->gate->end();
  rooms_->streams.stop();
}

void HttpServer::stop() {
  boost::asio::post(rooms_->io, [rooms = rooms_.get()] {
    if (rooms->gate) {
      rooms->gate->stop();
    }
  });
}

std::size_t HttpServer::streams_open() const {
  return rooms_->streams.open();
}

}  // namespace dray::server
