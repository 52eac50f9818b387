#include "chain_panels.h"

#include <algorithm>
#include <numeric>

namespace cipherstream {

namespace {

// Fewer chains, or shorter ones, do not repay the copies.
constexpr std::size_t kChainsMin = 4, kProductsMin = 8;
// Words of a block: a line of factors of 16 words each.
constexpr std::size_t kBlock = 128;
// Lines of factors that are fetched ahead with each panel's step.
constexpr std::size_t kFetches = 96;

}  // namespace

std::optional<ChainPanels> ChainPanels::of(Kernel kernel, const seal::Modulus &q,
                                           const std::vector<ProductChain> &chains, std::size_t degree) {
  if (chains.size() < kChainsMin || degree < 2 * kStepWords) {
    return std::nullopt;
  }
  const Repeat repeat = chains.front().products->repeat;
  if (std::size_t{1} << repeat.shift < kStepWords) {
    return std::nullopt;
  }
  ChainPanels panels(kernel, q, degree, repeat);
  for (const ProductChain &chain : chains) {
    if (chain.accumulate || !chain.alike || chain.count < kProductsMin || !(chain.products->repeat == repeat)) {
      return std::nullopt;
    }
    panels.add(chain);
  }
  if (!panels.sound()) {
    return std::nullopt;
  }
  return panels;
}

void ChainPanels::add(const ProductChain &chain) {
  if (sets_.empty() || !take(sets_.back(), chain)) {
    sets_.emplace_back();
    take(sets_.back(), chain);
  }
}

// Whether the set is empty or has most of the chain's operands; then the chain is in it.
bool ChainPanels::take(Set &set, const ProductChain &chain) {
  std::vector<Words> operands = set.operands, factors(set.operands.size());
  std::size_t next = 0, known = 0;
  for (std::size_t i = 0; i < chain.count; i++) {
    const Product &product = chain.products[i];
    const auto free_place = [&](std::size_t c) { return operands[c] == product.a && factors[c] == nullptr; };
    std::size_t place = next;
    while (place < operands.size() && !free_place(place)) {
      place++;
    }
    if (place == operands.size()) {
      place = 0;
      while (place < operands.size() && !free_place(place)) {
        place++;
      }
    }
    if (place == operands.size()) {
      operands.push_back(product.a);
      factors.push_back(nullptr);
    } else {
      known++;
    }
    factors[place] = product.b;
    next = place + 1;
  }
  if (!set.results.empty() && 2 * known < chain.count) {
    return false;
  }
  set.operands = std::move(operands);
  set.factors.push_back(std::move(factors));
  set.results.push_back(chain.d);
  for (auto &of_chain : set.factors) {
    of_chain.resize(set.operands.size());
  }
  return true;
}

// Results are apart from each other, from the operands, and from the factors; no set is a lone chain.
bool ChainPanels::sound() const {
  std::vector<Words> results, read;
  for (const Set &set : sets_) {
    if (set.results.size() < kChainsMin) {
      return false;
    }
    results.insert(results.end(), set.results.begin(), set.results.end());
    read.insert(read.end(), set.operands.begin(), set.operands.end());
    for (const auto &factors : set.factors) {
      read.insert(read.end(), factors.begin(), factors.end());
    }
  }
  std::sort(results.begin(), results.end());
  return std::adjacent_find(results.begin(), results.end()) == results.end() &&
         std::none_of(read.begin(), read.end(),
                      [&](Words words) { return std::binary_search(results.begin(), results.end(), words); });
}

std::size_t ChainPanels::limit() const { return repeat_.mirrored ? degree_ / 2 : degree_; }

void ChainPanels::run() {
  std::size_t operands = 0, chains = 0;
  for (const Set &set : sets_) {
    operands = std::max(operands, set.operands.size());
    chains = std::max(chains, set.results.size());
  }
  columns_.resize(operands);
  std::iota(columns_.begin(), columns_.end(), 0);
  const std::size_t count = std::min(kBlock, limit());
  const std::size_t runs = std::max(count >> repeat_.shift, std::size_t{1});
  const std::size_t panels = (chains + kPanelRows - 1) / kPanelRows;
  factors_.assign(runs * panels * operands * kPanelRows, 0);
  words_.resize(operands * kStepWords);
  for (std::size_t first = 0; first < sets_.size();) {
    std::vector<const Set *> together;
    for (; first < sets_.size() && (together.empty() || sets_[first].factors == together.front()->factors); first++) {
      together.push_back(&sets_[first]);
    }
    for (std::size_t from = 0; from < limit(); from += count) {
      gather(*together.front(), from >> repeat_.shift, runs);
      look_ahead(from + count, runs);
      for (std::size_t k = from; k < from + count; k += kStepWords) {
        const std::size_t run = (k - from) >> repeat_.shift;
        for (const Set *set : together) {
          step(*set, k, run);
          if (repeat_.mirrored) {
            step(*set, degree_ - k - kStepWords, run);
          }
        }
      }
    }
  }
}

// kStepWords words from k on of all chains of a set, with the factors of a run.
void ChainPanels::step(const Set &set, std::size_t k, std::size_t run) {
  const std::size_t operands = set.operands.size(), chains = set.results.size();
  for (std::size_t c = 0; c < operands; c++) {
    panel_words(kernel_, set.operands[c] + k, words_.data() + c * kStepWords);
  }
  // The next step on this side of the limb; its operands are fetched, a share with each panel.
  const std::size_t next = k < limit() ? k + kStepWords : k - kStepWords;
  const std::size_t share = operands / panels(set) + 1;
  std::size_t fetched = 0;
  const std::uint64_t *factors = factors_.data() + run * panels(set) * operands * kPanelRows;
  for (std::size_t first = 0; first < chains; first += kPanelRows) {
    const std::size_t rows = std::min(kPanelRows, chains - first);
    std::uint64_t *to[kPanelRows] = {};
    for (std::size_t r = 0; r < rows; r++) {
      to[r] = set.results[first + r] + k;
    }
    fetch(set);
    for (std::size_t end = std::min(operands, fetched + share); fetched < end; fetched++) {
      __builtin_prefetch(set.operands[fetched] + next, 0, 2);
      __builtin_prefetch(set.operands[fetched] + next + kStepWords / 2, 0, 2);
    }
    panel_step(kernel_, {factors, columns_.data(), operands}, words_.data(), rows, to, prime_);
    factors += operands * kPanelRows;
  }
}

std::size_t ChainPanels::panels(const Set &set) { return (set.results.size() + kPanelRows - 1) / kPanelRows; }

// The factors of `runs` runs of words from `run` on.
void ChainPanels::gather(const Set &set, std::size_t run, std::size_t runs) {
  const std::size_t operands = set.operands.size();
  const std::size_t apart = panels(set) * operands * kPanelRows;
  std::uint64_t *to = factors_.data();
  for (std::size_t first = 0; first < set.results.size(); first += kPanelRows) {
    const std::size_t rows = std::min(kPanelRows, set.results.size() - first);
    for (std::size_t c = 0; c < operands; c++, to += kPanelRows) {
      for (std::size_t r = 0; r < rows; r++) {
        const Words words = set.factors[first + r][c];
        for (std::size_t i = 0; i < runs; i++) {
          to[i * apart + r] = words == nullptr ? 0 : panel_word(kernel_, words[run + i]);
        }
      }
    }
  }
}

// Sets what is fetched while steps compute: the factors of words from `from` on.
void ChainPanels::look_ahead(std::size_t from, std::size_t runs) {
  ahead_ = {0, 0, from < limit(), from >> repeat_.shift, runs};
}

// Fetches some of the factors that are gathered next.
void ChainPanels::fetch(const Set &set) {
  for (std::size_t i = 0; ahead_.any && i < kFetches; i++) {
    const Words words = set.factors[ahead_.chain][ahead_.operand];
    if (words != nullptr) {
      __builtin_prefetch(words + ahead_.run, 0, 1);
      __builtin_prefetch(words + ahead_.run + ahead_.runs - 1, 0, 1);  // lines of words may be two of the cache
    }
    if (++ahead_.operand == set.operands.size()) {
      ahead_.operand = 0;
      ahead_.any = ++ahead_.chain < set.results.size();
    }
  }
}

}  // namespace cipherstream
