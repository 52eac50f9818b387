#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>

#include "card.h"

namespace cipherstream::sim {

namespace {

// The payload as a file that only this process sees.
class PayloadFile {
 public:
  explicit PayloadFile(const DeviceImage &image) : descriptor_(memfd_create("cipherstream-model", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw ImageError("no memory for the model of image " + image.configuration);
    const std::byte *from = image.payload();
    std::size_t left = image.payload_bytes();
    while (left > 0) {
      const ssize_t written = write(descriptor_, from, left);
      if (written <= 0) {
        close(descriptor_);
        throw ImageError("no memory for the model of image " + image.configuration);
      }
      from += written;
      left -= static_cast<std::size_t>(written);
    }
  }
  ~PayloadFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  PayloadFile(const PayloadFile &) = delete;
  PayloadFile &operator=(const PayloadFile &) = delete;

  // The loader knows libraries by their names: a descriptor of a loaded one must not be used again.
  void keep() { descriptor_ = -1; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

const card_model &load(const DeviceImage &image) {
  PayloadFile file(image);
  void *library = dlopen(file.path().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char *why = dlerror();
    throw ImageError(
        "the model of image " + image.configuration +
        " does not load here; build it again on this machine: " + (why == nullptr ? "unknown reason" : why));
  }
  file.keep();
  const auto entry = reinterpret_cast<card_model_entry>(dlsym(library, CARD_MODEL_ENTRY));
  if (entry == nullptr) {
    throw ImageError("the payload of image " + image.configuration + " has no function " CARD_MODEL_ENTRY);
  }
  const card_model *model = entry();
  if (model->abi != CARD_MODEL_ABI) {
    throw ImageError("image " + image.configuration + " has model interface " + std::to_string(model->abi) +
                     ", expected " + std::to_string(CARD_MODEL_ABI) + "; build it again");
  }
  return *model;
}

}  // namespace

const card_model &load_model(const DeviceImage &image) {
  // Never destroyed: models must outlive everything that may still run when the process ends.
  static auto &loaded = *new std::map<std::string, const card_model *>();
  static auto &mutex = *new std::mutex();
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = loaded.find(image.payload_digest);
  if (found != loaded.end()) return *found->second;
  const card_model &model = load(image);
  loaded[image.payload_digest] = &model;
  return model;
}

}  // namespace cipherstream::sim
