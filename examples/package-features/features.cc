#include "examples/package-features/features.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace package_features {

namespace {

constexpr std::array<std::string_view, 14> kSilentWords = {
    "an", "and", "are", "as", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to"};

bool is_word_byte(unsigned char byte) {
  return std::isalnum(byte) != 0 || byte >= 0x80;
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  return hash;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (word.size() >= 2 && !std::binary_search(kSilentWords.begin(), kSilentWords.end(), word)) {
      words.push_back(word);
    }
    word.clear();
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_word_byte(byte)) {
      word.push_back(byte < 0x80 ? static_cast<char>(std::tolower(byte)) : c);
    } else {
      end_word();
    }
  }
  end_word();
  return words;
}

FeatureCounts features_of(std::string_view text) {
  FeatureCounts counts;
  for (const std::string& word : words_of(text)) {
    ++counts[static_cast<std::uint32_t>(stable_hash(word) % kFeatures)];
  }
  return counts;
}

}  // namespace package_features
