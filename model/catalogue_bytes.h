#pragma once
#include "model/bytes.h"
#include "model/catalogue.h"

namespace dray {

/// All of an entry but its key and creation as bytes, for the store's rows. Begins with a version.
void write_entry(ByteWriter& out, const CatalogueEntry& entry);
/// Fills the same parts of `entry`. A broken one leaves `in` broken.
void read_entry(ByteReader& in, CatalogueEntry& entry);

}  // namespace dray
