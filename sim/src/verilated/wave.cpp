#include "wave.h"

#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cipherstream::verilated {

#ifdef CIPHERSTREAM_TRACE

namespace {

// The waves of all units; finishes them when the process ends.
class OpenWaves {
 public:
  ~OpenWaves() {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Wave *wave : waves_) wave->close();
  }
  void add(Wave *wave) {
    const std::lock_guard<std::mutex> lock(mutex_);
    waves_.insert(wave);
  }
  void remove(Wave *wave) {
    const std::lock_guard<std::mutex> lock(mutex_);
    waves_.erase(wave);
  }

 private:
  std::mutex mutex_;
  std::set<Wave *> waves_;
};

// Made after Verilator's own statics, so it ends before them.
OpenWaves &open_waves() {
  static OpenWaves waves;
  return waves;
}

}  // namespace

Wave::Wave(Vcore_program &top, const card_options &options)
    : file_(options.wave_file), from_(options.wave_from), to_(options.wave_to), last_(options.wave_last) {
  top.trace(&fst_, 99);
  open(last_ == 0 ? file_ : part_file(0));
  open_waves().add(this);
}

void Wave::open(const std::string &file) {
  fst_.open(file.c_str());
  if (!fst_.isOpen()) throw std::runtime_error("cannot write the waveform " + file);
}

std::string Wave::part_file(std::uint64_t part) const {
  static constexpr std::string_view kEnd = ".fst";
  const bool named = file_.size() > kEnd.size() && file_.compare(file_.size() - kEnd.size(), kEnd.size(), kEnd) == 0;
  const std::string stem = named ? file_.substr(0, file_.size() - kEnd.size()) : file_;
  return stem + "." + std::to_string(part % 2) + std::string(kEnd);
}

Wave::~Wave() {
  open_waves().remove(this);
  close();
}

void Wave::dump(std::uint64_t cycle, unsigned half) {
  if (ended_ || cycle < from_ || (to_ != 0 && cycle >= to_)) return;
  if (last_ != 0 && cycle / last_ != part_) {
    part_ = cycle / last_;
    fst_.close();
    open(part_file(part_));
  }
  fst_.dump(2 * cycle + half);
}

void Wave::failed() {
  if (last_ == 0) return;
  ended_ = true;
  close();
}

void Wave::close() {
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (lock.owns_lock()) fst_.close();
}

#else

Wave::Wave(Vcore_program &, const card_options &) {
  throw std::invalid_argument("this image records no waveform: use the configuration with -debug behind its name");
}
Wave::~Wave() = default;
void Wave::dump(std::uint64_t, unsigned) {}
void Wave::close() {}
void Wave::failed() {}

#endif

}  // namespace cipherstream::verilated
