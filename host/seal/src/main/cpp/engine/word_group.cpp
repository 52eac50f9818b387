#include "word_group.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "chain_panels.h"

namespace cipherstream {

namespace {

// What may wait in one group; a longer run becomes several.
constexpr std::size_t kRangesMax = 1 << 16;
constexpr std::size_t kWrittenMax = 72;
constexpr std::size_t kChainMax = 1 << 14;
// Shorter chains gain nothing from sharing loads: what they share is in the first-level cache.
constexpr std::size_t kPairedMin = 8;

bool accumulates(std::uint8_t opcode) { return opcode == LIMB_OP_MAC || opcode == LIMB_OP_MACC; }

bool is_product(std::uint8_t opcode) { return opcode == LIMB_OP_MUL || accumulates(opcode); }

bool has_b(std::uint8_t opcode) { return opcode >= LIMB_OP_MUL && opcode <= LIMB_OP_SUB; }

// Products of a chain that is unfolded at most.
constexpr std::size_t kUnfoldedMax = 4;

// Room for a short operand's words of one block.
struct alignas(64) BlockWords {
  std::uint64_t words[kBlockWords];
};

// A short operand's words of a block, where they lie or written out. One that mirrors word by word lies
// as it is in the first half of a limb and backwards in the second.
const std::uint64_t *block_of(const std::uint64_t *b, Repeat repeat, Block block, std::size_t degree,
                              BlockWords &room) {
  const std::size_t half = degree / 2, end = block.from + block.count;
  if (repeat.none() || (repeat.shift == 0 && end <= half)) {
    return b + block.from;
  }
  if (repeat.shift == 0 && block.from >= half) {
    std::reverse_copy(b + (degree - end), b + (degree - block.from), room.words);
  } else {
    for (std::size_t k = 0; k < block.count; k++) {
      room.words[k] = b[repeat.index(block.from + k, degree)];
    }
  }
  return room.words;
}

// A few products whose operands b mirror word by word, with these written out, as kernels read them
// fastest; else nothing is written.
struct Unfolded {
  Product products[kUnfoldedMax];
  BlockWords rooms[kUnfoldedMax];

  void unfold(ProductChain &chain, Block block, std::size_t degree) {
    if (chain.count > kUnfoldedMax || !chain.alike || !chain.products->repeat.mirrored ||
        chain.products->repeat.shift != 0) {
      return;
    }
    for (std::size_t i = 0; i < chain.count; i++) {
      const Product &x = chain.products[i];
      products[i] = {x.a, block_of(x.b, x.repeat, block, degree, rooms[i]) - block.from, {}};
    }
    chain.products = products;
  }
};

bool reads_d(const Product &product, const std::uint64_t *d) { return product.a == d || product.b == d; }

}  // namespace

bool WordGroup::takes(std::uint8_t opcode) {
  switch (opcode) {
    case LIMB_OP_MUL:
    case LIMB_OP_MAC:
    case LIMB_OP_MACC:
    case LIMB_OP_ADD:
    case LIMB_OP_SUB:
    case LIMB_OP_NEG:
    case LIMB_OP_SCALE:
    case LIMB_OP_ADDC:
    case LIMB_OP_REDUCE:
    case LIMB_OP_COPY:
    case LIMB_OP_FILL:
    case LIMB_OP_ZEROS:
      return true;
    default:
      return false;
  }
}

bool WordGroup::Range::apart_or_same(const Range &other, std::uint32_t limb) const {
  if (segment != other.segment || line + lines <= other.line || other.line + other.lines <= line) {
    return true;
  }
  return line == other.line && lines == limb && other.lines == limb;
}

// Notes what the instruction reads and writes, unless that is at odds with what is noted.
bool WordGroup::apart(const Instruction &instruction) {
  const limb_descriptor &x = *instruction.descriptor;
  const auto limb = static_cast<std::uint32_t>(ring_.degree() / LIMB_LINE_WORDS);
  Range reads[2];
  std::size_t count = 0;
  if (x.opcode != LIMB_OP_FILL) {
    reads[count++] = {x.a_segment, x.a_line, limb};
  }
  if (has_b(x.opcode)) {
    const unsigned shift = instruction.repeat.shift + (instruction.repeat.mirrored ? 1 : 0);
    reads[count++] = {x.b_segment, x.b_line, limb >> shift};
  }
  for (std::size_t i = 0; i < count; i++) {
    for (const Range &other : written_[place(reads[i])]) {
      if (!reads[i].apart_or_same(other, limb)) {
        return false;
      }
    }
  }
  if (x.opcode != LIMB_OP_ZEROS) {
    const Range d = {x.d_segment, x.d_line, limb};
    std::vector<Range> &written = written_[place(d)];
    const bool known = std::any_of(written.begin(), written.end(), [&](const Range &other) {
      return d.segment == other.segment && d.line == other.line;
    });
    if (!known) {
      if (written_count_ == kWrittenMax) {
        return false;
      }
      const std::vector<Range> &read = read_[place(d)];
      const auto at_odds = [&](const Range &other) { return !d.apart_or_same(other, limb); };
      if (std::any_of(written.begin(), written.end(), at_odds) || std::any_of(read.begin(), read.end(), at_odds)) {
        return false;
      }
      written.push_back(d);
      written_count_++;
    }
  }
  for (std::size_t i = 0; i < count; i++) {
    read_[place(reads[i])].push_back(reads[i]);
  }
  read_count_ += count;
  return true;
}

bool WordGroup::continues_chain(const Instruction &instruction) const {
  if (nodes_.empty() || !accumulates(instruction.descriptor->opcode)) {
    return false;
  }
  const Node &last = nodes_.back();
  return last.count != 0 && last.count < kChainMax && last.first.d == instruction.d &&
         last.first.descriptor->modulus == instruction.descriptor->modulus;
}

bool WordGroup::add(const Instruction &instruction) {
  if (read_count_ >= kRangesMax || !apart(instruction)) {
    return false;
  }
  const std::uint8_t opcode = instruction.descriptor->opcode;
  shares_[opcode] += (opcode != LIMB_OP_FILL ? 1 : 0) + (opcode != LIMB_OP_ZEROS ? 1 : 0) +
                     (has_b(opcode) && instruction.repeat.none() ? 1 : 0);
  const bool continued = continues_chain(instruction);
  if (!continued) {
    const int bits = ring_[instruction.descriptor->modulus].modulus.bit_count();
    nodes_.push_back({instruction, products_.size(), 0, 1, true, bits});
  }
  if (opcode == LIMB_OP_MACC) {
    // The constant in the descriptor is an operand b of one word, repeated N times.
    const limb_descriptor &x = *instruction.descriptor;
    const Repeat whole = {static_cast<unsigned>(ring_.degree_bits()), false};
    products_.push_back({instruction.a, &x.constant, whole});
    nodes_.back().bits = std::max(nodes_.back().bits, ring_[x.source_modulus].modulus.bit_count());
  } else if (is_product(opcode)) {
    products_.push_back({instruction.a, instruction.b, instruction.repeat});
  }
  if (is_product(opcode)) {
    Node &node = nodes_.back();
    node.count++;
    node.alike = node.alike && products_.back().repeat == products_[node.products].repeat;
  }
  return true;
}

void WordGroup::clear() {
  nodes_.clear();
  products_.clear();
  for (std::size_t i = 0; i < kPlaces; i++) {
    read_[i].clear();
    written_[i].clear();
  }
  read_count_ = written_count_ = 0;
  shares_.fill(0);
}

// Whether it pays and is right to run two chains at once: they share most operands a, are repeated
// alike, and read neither result.
bool WordGroup::pair(const Node &one, const Node &two) const {
  if (one.count < kPairedMin || one.count != two.count || one.first.d == two.first.d ||
      one.first.descriptor->modulus != two.first.descriptor->modulus) {
    return false;
  }
  std::size_t shared = 0;
  for (std::size_t i = 0; i < one.count; i++) {
    const Product &x = products_[one.products + i], &y = products_[two.products + i];
    if (!(x.repeat == y.repeat) || reads_d(x, one.first.d) || reads_d(x, two.first.d) || reads_d(y, one.first.d) ||
        reads_d(y, two.first.d)) {
      return false;
    }
    shared += x.a == y.a ? 1 : 0;
  }
  return 2 * shared >= one.count;
}

ProductChain WordGroup::chain(const Node &node) const {
  return {node.first.d, accumulates(node.first.descriptor->opcode),
          node.alike,   products_.data() + node.products,
          node.count,   node.bits};
}

// How many chains from that node on run at once: each two of them are a pair.
std::size_t WordGroup::together(std::size_t first) const {
  std::size_t last = first + 1;
  for (; last < nodes_.size() && last < first + kChainsMax; last++) {
    for (std::size_t other = first; other < last; other++) {
      if (!pair(nodes_[other], nodes_[last])) {
        return last - first;
      }
    }
  }
  return last - first;
}

// Runs the nodes as panels if they are chains that panels take.
bool WordGroup::run_as_panels() const {
  const std::uint8_t modulus = nodes_.front().first.descriptor->modulus;
  const ModulusTables &q = ring_[modulus];
  int bits = 0;
  std::vector<ProductChain> chains;
  for (const Node &node : nodes_) {
    if (node.count == 0 || node.first.descriptor->modulus != modulus) {
      return false;
    }
    bits = std::max(bits, node.bits);
    chains.push_back(chain(node));
  }
  const std::optional<Kernel> kernel = kernels_.panels(q, bits);
  if (!kernel) {
    return false;
  }
  std::optional<ChainPanels> panels = ChainPanels::of(*kernel, q.modulus, chains, ring_.degree());
  if (!panels) {
    return false;
  }
  panels->run();
  return true;
}

std::uint64_t WordGroup::run() {
  if (nodes_.size() > 1 && run_as_panels()) {
    return 0;
  }
  for (std::size_t i = 0; i < nodes_.size(); i += nodes_[i].together) {
    nodes_[i].together = together(i);
  }
  std::uint64_t zeros = 0;
  for (std::size_t from = 0; from < ring_.degree(); from += kBlockWords) {
    const Block block = {from, std::min(kBlockWords, ring_.degree() - from)};
    for (std::size_t i = 0; i < nodes_.size(); i += nodes_[i].together) {
      const Node &node = nodes_[i];
      const ModulusTables &q = ring_[node.first.descriptor->modulus];
      if (node.together > 1) {
        ProductChain chains[kChainsMax];
        const ProductChain *pointers[kChainsMax];
        for (std::size_t c = 0; c < node.together; c++) {
          chains[c] = chain(nodes_[i + c]);
          pointers[c] = chains + c;
        }
        kernels_.products(q, pointers, node.together, block);
      } else if (node.count != 0) {
        ProductChain one = chain(node);
        Unfolded unfolded;
        unfolded.unfold(one, block, ring_.degree());
        kernels_.products(q, one, block);
      } else {
        zeros += run(node, block);
      }
    }
  }
  return zeros;
}

std::uint64_t WordGroup::run(const Node &node, Block block) const {
  const limb_descriptor &x = *node.first.descriptor;
  const ModulusTables &q = ring_[x.modulus];
  const std::size_t count = block.count;
  std::uint64_t *const d = node.first.d == nullptr ? nullptr : node.first.d + block.from;
  const std::uint64_t *const a = node.first.a == nullptr ? nullptr : node.first.a + block.from;
  BlockWords room;
  const std::uint64_t *const b =
      node.first.b == nullptr ? nullptr : block_of(node.first.b, node.first.repeat, block, ring_.degree(), room);
  switch (x.opcode) {
    case LIMB_OP_ADD:
      kernels_.add(q, d, a, b, count);
      break;
    case LIMB_OP_SUB:
      kernels_.subtract(q, d, a, b, count);
      break;
    case LIMB_OP_NEG:
      kernels_.negate(q, d, a, count);
      break;
    case LIMB_OP_SCALE:
      kernels_.scale(q, d, a, x.constant, count);
      break;
    case LIMB_OP_ADDC:
      kernels_.add_constant(q, d, a, x.constant, count);
      break;
    case LIMB_OP_REDUCE:
      kernels_.reduce(q, ring_[x.source_modulus], d, a, count);
      break;
    case LIMB_OP_COPY:
      std::memcpy(d, a, count * sizeof(std::uint64_t));
      break;
    case LIMB_OP_FILL:
      std::fill(d, d + count, x.constant);
      break;
    case LIMB_OP_ZEROS:
      return kernels_.zeros(a, count);
    default:
      break;
  }
  return 0;
}

}  // namespace cipherstream
