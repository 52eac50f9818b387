# Synthesises, places and routes one block of the kernel by itself, out of context: timing without a card, and with the
# edition of Vivado that costs nothing, whose parts have the slices, DSP48E2 and UltraRAM of the cards.
#   vivado -mode batch -source ooc.tcl -tclargs BLOCK PART NANOSECONDS
# Writes ooc/BLOCK.json, and Vivado's own reports ooc/BLOCK.timing.txt and ooc/BLOCK.utilization.txt. Paths from and to
# the block's ports are left out.
set here [file dirname [file normalize [info script]]]
source [file join $here kernel.tcl]
if {[llength $argv] != 3} { error "ooc.tcl: got '$argv', expected a block, a part and the clock's period in nanoseconds" }
lassign $argv block part period
set out [file join $here ooc]
file mkdir $out

set list [open [file join $here rtl files.f]]
set sources {}
foreach file [split [string trim [read $list]] \n] { lappend sources [file join $here rtl $file] }
close $list

read_verilog -sv $sources
synth_design -mode out_of_context -top $block -part $part
create_clock -name clock -period $period [get_ports [expr {$block eq $kernel ? "ap_clk" : "clock"}]]
opt_design
place_design
phys_opt_design
route_design
report_timing_summary -delay_type max -file [file join $out $block.timing.txt]
report_utilization -file [file join $out $block.utilization.txt]

set slack [get_property SLACK [get_timing_paths -setup -max_paths 1]]
set json [open [file join $out $block.json] w]
puts $json "{"
puts $json "  \"block\": \"$block\","
puts $json "  \"part\": \"$part\","
puts $json "  \"vivado\": \"[version -short]\","
puts $json "  \"rtlDigest\": \"$rtl_digest\","
puts $json "  \"periodNanoseconds\": $period,"
puts $json "  \"slackNanoseconds\": $slack,"
puts $json "  \"megahertz\": [format %.1f [expr {1000.0 / ($period - $slack)}]]"
puts $json "}"
close $json
