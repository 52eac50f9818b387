// The object behind the opaque handle of client_shim.h.
#pragma once

#include "chain.h"
#include "counted.h"
#include "seal/seal.h"

namespace cipherstream {

class ClientHandle : Counted {
 public:
  // Draws a new secret key.
  ClientHandle(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials,
               Security security);
  // Takes the words of a secret key; throws if they are not those of a ternary polynomial.
  ClientHandle(std::size_t degree, const std::uint64_t *primes, std::size_t count, std::size_t specials,
               Security security, const std::uint8_t *secret);

  const Chain chain;
  seal::CKKSEncoder encoder;  // encode and decode are const in effect but not declared so

  const seal::SecretKey &secret() const { return secret_; }
  const seal::Encryptor &encryptor() const { return *encryptor_; }
  seal::Decryptor &decryptor() const { return *decryptor_; }

  // The secret key over the primes of the truncation to `limbs`; wiped when it goes out of scope.
  seal::SecretKey secret_for(std::size_t limbs) const;

 private:
  void check_ternary() const;
  void prepare();

  seal::SecretKey secret_;
  std::unique_ptr<seal::Encryptor> encryptor_;
  std::unique_ptr<seal::Decryptor> decryptor_;
};

}  // namespace cipherstream
