# Generated from the elaboration: what package_kernel.tcl has to know.
set rtl_digest 9a15c1d50b49b495c18e9f0708662ba897b09964cdf1eca74f771762a2d8a2f9
set part xcu250-figd2104-2L-e
set kernel core_program
set protocol ap_ctrl_chain
set slave s_axi_control
set slave_bytes 4096
set masters {m_axi_program0 m_axi_limbs0 m_axi_streams0}
# Name, offset and bits of a register, and of a pointer the port that carries it.
set registers {
  {control 0x000 32 {}}
  {interruptGlobal 0x004 32 {}}
  {interruptEnable 0x008 32 {}}
  {interruptStatus 0x00C 32 {}}
  {descriptors 0x010 64 {m_axi_program0}}
  {segments 0x01C 64 {m_axi_streams0}}
  {tables 0x028 64 {m_axi_limbs0}}
  {pool 0x034 64 {m_axi_limbs0}}
  {result 0x040 64 {m_axi_program0}}
  {instructionCount 0x04C 32 {}}
  {segmentCount 0x054 32 {}}
  {modulusCount 0x05C 32 {}}
  {degreeBits 0x064 32 {}}
  {poolLines 0x06C 64 {}}
}
