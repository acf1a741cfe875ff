#include "model/catalogue_bytes.h"

#include "model/spec_bytes.h"

namespace dray {
namespace {

constexpr std::uint8_t kEntryVersion = 1;

void write_fair_share(ByteWriter& out, const FairShare& it) {
  out.zigzag(it.decay_seconds);
  out.zigzag(it.compute_reservation);
  out.varint(it.shares.size());
  for (const ShareWeight& share : it.shares) {
    out.string(share.identifier);
    out.zigzag(share.weight);
  }
}

FairShare read_fair_share(ByteReader& in) {
  FairShare it;
  it.decay_seconds = static_cast<std::int32_t>(in.zigzag());
  it.compute_reservation = static_cast<std::int32_t>(in.zigzag());
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    ShareWeight share;
    share.identifier = in.string();
    share.weight = static_cast<std::int32_t>(in.zigzag());
    it.shares.push_back(std::move(share));
  }
  return it;
}

void write_stock(ByteWriter& out, const Stock& it) {
  out.u8(it.is_replenishable ? 1 : 0);
  out.zigzag(it.total);
  out.varint(it.tokens.size());
  for (const auto& [name, token] : it.tokens) {
    out.string(name);
    out.u8(static_cast<std::uint8_t>(token.operation));
    out.zigzag(token.quantity);
    out.zigzag(token.at.epoch_ms);
  }
}

Stock read_stock(ByteReader& in) {
  Stock it;
  it.is_replenishable = in.u8() != 0;
  it.total = in.zigzag();
  for (std::size_t left = in.count(); left > 0 && in.is_ok(); --left) {
    std::string name = in.string();
    Stock::Token token;
    token.operation = in.one_of(QuantityOperation::Remove);
    token.quantity = in.zigzag();
    token.at = {in.zigzag()};
    it.tokens.emplace(std::move(name), token);
  }
  return it;
}

}  // namespace

void write_entry(ByteWriter& out, const CatalogueEntry& entry) {
  out.u8(kEntryVersion);
  out.u8(entry.is_enabled ? 1 : 0);
  write_strings(out, entry.tags);
  out.string(entry.as_given);
  out.u8(entry.fair_share ? 1 : 0);
  if (entry.fair_share) {
    write_fair_share(out, *entry.fair_share);
  }
  out.u8(entry.stock ? 1 : 0);
  if (entry.stock) {
    write_stock(out, *entry.stock);
  }
}

void read_entry(ByteReader& in, CatalogueEntry& entry) {
  if (in.u8() != kEntryVersion) {
    in.mark_broken();
    return;
  }
  entry.is_enabled = in.u8() != 0;
  entry.tags = read_strings(in);
  entry.as_given = in.string();
  if (in.u8() != 0) {
    entry.fair_share = read_fair_share(in);
  }
  if (in.u8() != 0) {
    entry.stock = read_stock(in);
  }
}

}  // namespace dray
