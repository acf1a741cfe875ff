#include "cli/certificates.h"

#include <algorithm>
#include <memory>

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace dray::cli {
namespace {

template <auto kFree>
struct Freer {
  template <class Thing>
  void operator()(Thing* thing) const {
    kFree(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Paper = std::unique_ptr<X509, Freer<X509_free>>;
using Memory = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

constexpr int kSerialBits = 127;

std::string text_in(BIO* memory) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(memory, &bytes);
  return {bytes, static_cast<std::size_t>(std::max(size, 0L))};
}

std::string pem_of(X509* paper) {
  const Memory memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), paper);
  return text_in(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_in(memory.get());
}

Memory memory_of(const std::string& text) {
  return Memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// A name or an address as extensions write it; nothing for what is neither.
std::string alternative_name(const std::string& name) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET, name.c_str(), &bytes) == 1 ||
      ::inet_pton(AF_INET6, name.c_str(), &bytes) == 1) {
    return "IP:" + name;
  }
  const bool is_name =
      !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '*';
      });
  return is_name ? "DNS:" + name : "";
}

bool extend(X509* paper, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, paper, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  return extension && X509_add_ext(paper, extension.get(), -1) == 1;
}

/// Everything but extensions and signature. Valid from an hour ago: clocks differ.
Paper begin(const std::string& name, EVP_PKEY* key, int days) {
  Paper paper(X509_new());
  const Number serial(BN_new());
  const bool is_made =
      paper && serial && BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ONE, 0) == 1 &&
      BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(paper.get())) != nullptr &&
      X509_set_version(paper.get(), X509_VERSION_3) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(paper.get()), -3600) != nullptr &&
      X509_time_adj_ex(X509_getm_notAfter(paper.get()), days, 0, nullptr) != nullptr &&
      X509_NAME_add_entry_by_txt(X509_get_subject_name(paper.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                 0) == 1 &&
      X509_set_pubkey(paper.get(), key) == 1;
  return is_made ? std::move(paper) : nullptr;
}

tl::unexpected<Error> cannot_make() {
  return refuse(ErrorCode::Internal, "OpenSSL cannot make the certificate");
}

}  // namespace

Result<Certificate> make_authority(const std::string& name, int days) {
  const Key key(EVP_EC_gen("P-256"));
  const Paper paper = key ? begin(name, key.get(), days) : nullptr;
  if (!paper || X509_set_issuer_name(paper.get(), X509_get_subject_name(paper.get())) != 1 ||
      !extend(paper.get(), paper.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !extend(paper.get(), paper.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !extend(paper.get(), paper.get(), NID_subject_key_identifier, "hash") ||
      X509_sign(paper.get(), key.get(), EVP_sha256()) == 0) {
    return cannot_make();
  }
  return Certificate{pem_of(paper.get()), pem_of(key.get())};
}

Result<Certificate> make_server_certificate(const Certificate& authority,
                                            const std::vector<std::string>& names, int days) {
  std::string alternatives;
  for (const std::string& name : names) {
    const std::string one = alternative_name(name);
    if (one.empty()) {
      return refuse(ErrorCode::BadRequest, "`" + name + "` is no host name and no address");
    }
    alternatives += (alternatives.empty() ? "" : ",") + one;
  }
  const Paper issuer(PEM_read_bio_X509(memory_of(authority.text).get(), nullptr, nullptr, nullptr));
  const Key issuers_key(
      PEM_read_bio_PrivateKey(memory_of(authority.key).get(), nullptr, nullptr, nullptr));
  if (!issuer || !issuers_key || X509_check_private_key(issuer.get(), issuers_key.get()) != 1) {
    return refuse(ErrorCode::BadRequest,
                  "the authority's certificate and key cannot be read, or do not belong together");
  }
  const Key key(EVP_EC_gen("P-256"));
  const Paper paper =
      key && !names.empty() ? begin(names.front().substr(0, 64), key.get(), days) : nullptr;
  if (!paper || X509_set_issuer_name(paper.get(), X509_get_subject_name(issuer.get())) != 1 ||
      !extend(paper.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !extend(paper.get(), issuer.get(), NID_key_usage, "critical,digitalSignature") ||
      !extend(paper.get(), issuer.get(), NID_ext_key_usage, "serverAuth") ||
      !extend(paper.get(), issuer.get(), NID_subject_alt_name, alternatives) ||
      !extend(paper.get(), issuer.get(), NID_subject_key_identifier, "hash") ||
      !extend(paper.get(), issuer.get(), NID_authority_key_identifier, "keyid:always") ||
      X509_sign(paper.get(), issuers_key.get(), EVP_sha256()) == 0) {
    return cannot_make();
  }
  return Certificate{pem_of(paper.get()), pem_of(key.get())};
}

}  // namespace dray::cli
