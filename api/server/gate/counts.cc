#include "api/server/gate/counts.h"

namespace dray::server {

std::string_view word_of(Refused what) {
  switch (what) {
    case Refused::TooMany:
      return "too_many";
    case Refused::AddressHasTooMany:
      return "address_limit";
    case Refused::NoFileLeft:
      return "no_file_left";
    case Refused::GaveWay:
      return "gave_way";
    case Refused::Handshake:
      return "handshake";
    case Refused::Broken:
      return "broken";
    case Refused::TooLarge:
      return "too_large";
    case Refused::Late:
      return "late";
    case Refused::AddressTooOften:
      return "address_rate";
    case Refused::KeyTooOften:
      return "key_rate";
    case Refused::Busy:
      return "busy";
    case Refused::HeldTooMuch:
      return "memory";
    case Refused::SlowReader:
      return "slow_reader";
  }
  return "";
}

Refused refused_by(int status) {
  switch (status) {
    case 408:
      return Refused::Late;
    case 413:
    case 414:
    case 431:
      return Refused::TooLarge;
    case 429:
      return Refused::AddressTooOften;
    case 503:
      return Refused::Busy;
    default:
      return Refused::Broken;
  }
}

}  // namespace dray::server
