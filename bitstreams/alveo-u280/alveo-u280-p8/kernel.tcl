# Generated from the elaboration: what package_kernel.tcl has to know.
set rtl_digest bcd8c2f23ddc04b8e3172c8629e4dcea67638f25ac362b86a3aa8cd3877fb461
set part xcu280-fsvh2892-2L-e
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
