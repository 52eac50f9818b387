# Generated from the elaboration: what package_kernel.tcl has to know.
set rtl_digest 731fd6a94f3fdb27a10db65fb3bdcdc59fa2da8a5343a4c9d6ec4ad49c75c040
set part xcu250-figd2104-2L-e
set kernel limb_program
set protocol ap_ctrl_chain
set slave s_axi_control
set slave_bytes 4096
set masters {m_axi_program m_axi_ntt m_axi_a m_axi_b m_axi_d}
# Name, offset and bits of a register, and of a pointer the port that carries it.
set registers {
  {control 0x000 32 {}}
  {interruptGlobal 0x004 32 {}}
  {interruptEnable 0x008 32 {}}
  {interruptStatus 0x00C 32 {}}
  {descriptors 0x010 64 {m_axi_program}}
  {segments 0x01C 64 {m_axi_program}}
  {tables 0x028 64 {m_axi_ntt}}
  {pool 0x034 64 {m_axi_ntt}}
  {result 0x040 64 {m_axi_program}}
  {instructionCount 0x04C 32 {}}
  {segmentCount 0x054 32 {}}
  {modulusCount 0x05C 32 {}}
  {degreeBits 0x064 32 {}}
  {poolLines 0x06C 64 {}}
}
