// The kernel's pins, port by port: where a Verilated kernel keeps them.
#pragma once

#include <array>

#include "Vcore_program.h"
#include "core_kernel.h"

namespace cipherstream::verilated {

// Words of 32 bits in a beat of a memory port.
constexpr std::size_t kBeatWords = 16;
using BeatWords = VlWide<kBeatWords>;

struct ReadPins {
  const CData *ar_valid;
  CData *ar_ready;
  const QData *ar_address;
  const CData *ar_length;
  const CData *ar_id;
  CData *r_valid;
  const CData *r_ready;
  BeatWords *r_data;
  CData *r_last;
  CData *r_id;
  CData *r_response;
};

struct WritePins {
  const CData *aw_valid;
  CData *aw_ready;
  const QData *aw_address;
  const CData *aw_length;
  const CData *aw_id;
  const CData *w_valid;
  CData *w_ready;
  const BeatWords *w_data;
  const QData *w_strobe;
  const CData *w_last;
  CData *b_valid;
  const CData *b_ready;
  CData *b_id;
  CData *b_response;
};

struct MemoryPins {
  const char *name;
  ReadPins read;
  WritePins write;
};

// All memory ports, as the kernel's elaboration names them.
#define COUNTED(port) +1
constexpr std::size_t kPorts = KERNEL_PORTS(COUNTED);
#undef COUNTED

inline std::array<MemoryPins, kPorts> memory_pins(Vcore_program &top) {
// clang-format off
#define PINS(port)                                                                                   \
  MemoryPins {                                                                                       \
    #port,                                                                                           \
        {&top.m_axi_##port##_ARVALID, &top.m_axi_##port##_ARREADY, &top.m_axi_##port##_ARADDR,       \
         &top.m_axi_##port##_ARLEN,   &top.m_axi_##port##_ARID,    &top.m_axi_##port##_RVALID,       \
         &top.m_axi_##port##_RREADY,  &top.m_axi_##port##_RDATA,   &top.m_axi_##port##_RLAST,        \
         &top.m_axi_##port##_RID,     &top.m_axi_##port##_RRESP},                                    \
        {&top.m_axi_##port##_AWVALID, &top.m_axi_##port##_AWREADY, &top.m_axi_##port##_AWADDR,       \
         &top.m_axi_##port##_AWLEN,   &top.m_axi_##port##_AWID,    &top.m_axi_##port##_WVALID,       \
         &top.m_axi_##port##_WREADY,  &top.m_axi_##port##_WDATA,   &top.m_axi_##port##_WSTRB,        \
         &top.m_axi_##port##_WLAST,   &top.m_axi_##port##_BVALID,  &top.m_axi_##port##_BREADY,       \
         &top.m_axi_##port##_BID,     &top.m_axi_##port##_BRESP}                                     \
  },
  // clang-format on
  return {KERNEL_PORTS(PINS)};
#undef PINS
}

}  // namespace cipherstream::verilated
