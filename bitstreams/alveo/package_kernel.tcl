# Packages the kernel beside this file as an RTL kernel of Vitis: vivado -mode batch -source package_kernel.tcl
# Writes the .xo of the kernel. What depends on the RTL is in kernel.tcl.
set here [file dirname [file normalize [info script]]]
source [file join $here kernel.tcl]
set clock ap_clk
set reset ap_rst_n
set interrupt interrupt
set ip [file join $here build ip]

set list [open [file join $here rtl files.f]]
set sources {}
foreach file [split [string trim [read $list]] \n] { lappend sources [file join $here rtl $file] }
close $list

create_project -force $kernel [file join $here build project] -part $part
add_files -norecurse $sources
set_property top $kernel [current_fileset]
update_compile_order -fileset sources_1

# The IP: signals become interfaces by their names.
ipx::package_project -root_dir $ip -vendor cipherstream.io -library kernel -taxonomy /KernelIP -import_files -set_current true
set core [ipx::current_core]
set_property name $kernel $core
set_property version 1.0 $core
set_property description "RTL digest $rtl_digest" $core
foreach parameter [ipx::get_user_parameters -of_objects $core] {
  ipx::remove_user_parameter [get_property NAME $parameter] $core
}
proc bus_interface {name} { return [ipx::get_bus_interfaces -quiet $name -of_objects $::core] }
if {[bus_interface $interrupt] eq ""} { ipx::infer_bus_interface $interrupt xilinx.com:signal:interrupt_rtl:1.0 $core }

# The platform sets the frequency.
foreach bus [concat $slave $masters] { ipx::associate_bus_interfaces -busif $bus -clock $clock $core }
ipx::associate_bus_interfaces -clock $clock -reset $reset $core
ipx::remove_bus_parameter -quiet FREQ_HZ [bus_interface $clock]

foreach master $masters {
  set space [ipx::add_address_space -quiet $master $core]
  set_property range 16E $space
  set_property width 64 $space
  set_property master_address_space_ref $master [bus_interface $master]
}

set map [ipx::add_memory_map -quiet $slave $core]
set_property slave_memory_map_ref $slave [bus_interface $slave]
set block [ipx::add_address_block -quiet reg0 $map]
set_property range $slave_bytes $block
set_property width 32 $block
set_property usage register $block
foreach entry $registers {
  lassign $entry name offset bits master
  set register [ipx::add_register -quiet $name $block]
  set_property address_offset $offset $register
  set_property size $bits $register
  if {$master ne ""} { set_property value $master [ipx::add_register_parameter -quiet ASSOCIATED_BUSIF $register] }
}

set_property sdx_kernel true $core
set_property sdx_kernel_type rtl $core
set_property supported_families {} $core
set_property auto_family_support_level level_2 $core
# The platform sets the frequency, so the IP has none (IP_Flow 19-5629); what kernels must say of Xilinx' macros, of which
# this RTL uses none (19-5630); how a run is started and acknowledged.
set_property ipi_drc {ignore_freq_hz true} $core
set_property xpm_libraries {XPM_CDC XPM_FIFO XPM_MEMORY} $core
set_property vitis_drc [list ctrl_protocol $protocol] $core
ipx::create_xgui_files $core
ipx::update_checksums $core
ipx::check_integrity -kernel $core
ipx::save_core $core
close_project

package_xo -force -xo_path [file join $here $kernel.xo] -kernel_name $kernel -ctrl_protocol $protocol \
  -ip_directory $ip -kernel_xml [file join $here kernel.xml]
