#include "api/auth/sealing.h"

#include <memory>

#include <openssl/evp.h>

#include "model/check.h"

namespace dray::auth {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { ::EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* input_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* output_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

std::string seal(const Digest& master, std::string_view name, std::string_view secret,
                 std::string_view nonce) {
  CHECK(nonce.size() == kNonceBytes);
  const Context context(::EVP_CIPHER_CTX_new());
  std::string sealed(secret.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  CHECK(::EVP_EncryptInit_ex(context.get(), ::EVP_aes_256_gcm(), nullptr, master.data(),
                             input_of(nonce)) == 1);
  CHECK(::EVP_EncryptUpdate(context.get(), nullptr, &size, input_of(name),
                            static_cast<int>(name.size())) == 1);
  CHECK(::EVP_EncryptUpdate(context.get(), output_of(sealed), &size, input_of(secret),
                            static_cast<int>(secret.size())) == 1);
  CHECK(::EVP_EncryptFinal_ex(context.get(), output_of(sealed) + size, &size) == 1);
  CHECK(::EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1);
  return std::string(nonce) + tag + sealed;
}

std::optional<std::string> unseal(const Digest& master, std::string_view name,
                                  std::string_view sealed) {
  if (sealed.size() < kNonceBytes + kTagBytes) {
    return std::nullopt;
  }
  const std::string_view nonce = sealed.substr(0, kNonceBytes);
  std::string tag(sealed.substr(kNonceBytes, kTagBytes));
  const std::string_view bytes = sealed.substr(kNonceBytes + kTagBytes);
  const Context context(::EVP_CIPHER_CTX_new());
  std::string secret(bytes.size(), '\0');
  int size = 0;
  const bool is_open =
      ::EVP_DecryptInit_ex(context.get(), ::EVP_aes_256_gcm(), nullptr, master.data(),
                           input_of(nonce)) == 1 &&
      ::EVP_DecryptUpdate(context.get(), nullptr, &size, input_of(name),
                          static_cast<int>(name.size())) == 1 &&
      ::EVP_DecryptUpdate(context.get(), output_of(secret), &size, input_of(bytes),
                          static_cast<int>(bytes.size())) == 1 &&
      ::EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      ::EVP_DecryptFinal_ex(context.get(), output_of(secret) + size, &size) == 1;
  return is_open ? std::optional(std::move(secret)) : std::nullopt;
}

}  // namespace dray::auth
