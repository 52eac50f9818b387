#include "wave.h"

#include <set>
#include <stdexcept>
#include <string>

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

Wave::Wave(Vlimb_program &top, const char *file) {
  top.trace(&fst_, 99);
  fst_.open(file);
  if (!fst_.isOpen()) throw std::runtime_error(std::string("cannot write the waveform ") + file);
  open_waves().add(this);
}

Wave::~Wave() {
  open_waves().remove(this);
  close();
}

void Wave::dump(std::uint64_t time) { fst_.dump(time); }

void Wave::close() {
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (lock.owns_lock()) fst_.close();
}

#else

Wave::Wave(Vlimb_program &, const char *) {
  throw std::invalid_argument("this image records no waveform: use the configuration with -debug behind its name");
}
Wave::~Wave() = default;
void Wave::dump(std::uint64_t) {}
void Wave::close() {}

#endif

}  // namespace cipherstream::verilated
