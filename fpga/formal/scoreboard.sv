// Scoreboard: of any one slot, whatever happens to the others. While it has a writer or readers it is never said to be free, nor a
// result of it to be there, from `settles` cycles after the dispatch on; and a result that is due to the other cluster is not forgotten.
// The dispatcher here writes a slot only if it was told that it is free; units finish and leave only what they were given.
module top (
    input clock,
    input reset,
    input writes,
    input reads,
    input sends,
    input [5:0] writes_at,
    input [5:0] reads_at,
    input [5:0] sends_at,
    input [7:0] left,
    input [47:0] left_at,
    input [4:0] done,
    input [29:0] done_at,
    input [53:0] asked,
    input [5:0] d
);
  localparam SETTLES = 5;  // Scoreboard.settles
  wire [7:0] left_ready;
  wire [4:0] done_ready;
  wire [8:0] pending;
  wire free, remote_free, quiet_slots;
  Scoreboard dut (
      .clock(clock),
      .reset(reset),
      .io_writes_valid(writes),
      .io_writes_bits(writes_at),
      .io_reads_valid(reads),
      .io_reads_bits(reads_at),
      .io_sends_valid(sends),
      .io_sends_bits(sends_at),
      .io_left_0_ready(left_ready[0]),
      .io_left_0_valid(left[0]),
      .io_left_0_bits(left_at[5:0]),
      .io_left_1_ready(left_ready[1]),
      .io_left_1_valid(left[1]),
      .io_left_1_bits(left_at[11:6]),
      .io_left_2_ready(left_ready[2]),
      .io_left_2_valid(left[2]),
      .io_left_2_bits(left_at[17:12]),
      .io_left_3_ready(left_ready[3]),
      .io_left_3_valid(left[3]),
      .io_left_3_bits(left_at[23:18]),
      .io_left_4_ready(left_ready[4]),
      .io_left_4_valid(left[4]),
      .io_left_4_bits(left_at[29:24]),
      .io_left_5_ready(left_ready[5]),
      .io_left_5_valid(left[5]),
      .io_left_5_bits(left_at[35:30]),
      .io_left_6_ready(left_ready[6]),
      .io_left_6_valid(left[6]),
      .io_left_6_bits(left_at[41:36]),
      .io_left_7_ready(left_ready[7]),
      .io_left_7_valid(left[7]),
      .io_left_7_bits(left_at[47:42]),
      .io_done_0_ready(done_ready[0]),
      .io_done_0_valid(done[0]),
      .io_done_0_bits(done_at[5:0]),
      .io_done_1_ready(done_ready[1]),
      .io_done_1_valid(done[1]),
      .io_done_1_bits(done_at[11:6]),
      .io_done_2_ready(done_ready[2]),
      .io_done_2_valid(done[2]),
      .io_done_2_bits(done_at[17:12]),
      .io_done_3_ready(done_ready[3]),
      .io_done_3_valid(done[3]),
      .io_done_3_bits(done_at[23:18]),
      .io_done_4_ready(done_ready[4]),
      .io_done_4_valid(done[4]),
      .io_done_4_bits(done_at[29:24]),
      .io_queries_0_slot(asked[5:0]),
      .io_queries_0_pending(pending[0]),
      .io_queries_1_slot(asked[11:6]),
      .io_queries_1_pending(pending[1]),
      .io_queries_2_slot(asked[17:12]),
      .io_queries_2_pending(pending[2]),
      .io_queries_3_slot(asked[23:18]),
      .io_queries_3_pending(pending[3]),
      .io_queries_4_slot(asked[29:24]),
      .io_queries_4_pending(pending[4]),
      .io_queries_5_slot(asked[35:30]),
      .io_queries_5_pending(pending[5]),
      .io_queries_6_slot(asked[41:36]),
      .io_queries_6_pending(pending[6]),
      .io_queries_7_slot(asked[47:42]),
      .io_queries_7_pending(pending[7]),
      .io_queries_8_slot(asked[53:48]),
      .io_queries_8_pending(pending[8]),
      .io_d(d),
      .io_free(free),
      .io_remote(d),
      .io_remoteFree(remote_free),
      .io_failed(1'b0),
      .io_clear(1'b0),
      .io_quiet(quiet_slots)
  );

  // The slot that is watched: its writer, its readers, how long each has been there, and whether it was said to be free.
  (* anyconst *) reg [5:0] slot;
  reg begun = 0, quiet, writer = 0, granted = 0, sending = 0;
  reg [3:0] readers = 0;
  reg [2:0] written = 0, read = 0, sent = 0, since = 0;
  // Which questions two cycles ago were about it.
  reg [8:0] about, about2;
  reg here, here2, here3;
  reg [3:0] finishes, leaves;
  reg [8:0] about_now;
  integer i;
  always @* begin
    finishes = 0;
    leaves = 0;
    about_now = 0;
    for (i = 0; i < 5; i = i + 1) if (done[i] && done_ready[i] && done_at[6*i+:6] == slot) finishes = finishes + 1;
    for (i = 0; i < 8; i = i + 1) if (left[i] && left_ready[i] && left_at[6*i+:6] == slot) leaves = leaves + 1;
    for (i = 0; i < 9; i = i + 1) about_now[i] = asked[6*i+:6] == slot;
  end
  wire writes_slot = writes && writes_at == slot;
  wire reads_slot = reads && reads_at == slot;
  always @(posedge clock) begin
    begun <= 1;
    quiet <= reset;
    if (!begun) assume (reset);
    if (reset) assume (!writes && !reads && !sends && left == 0 && done == 0);
    about <= about_now;
    about2 <= about;
    here <= d == slot;
    here2 <= here;
    here3 <= here2;

    if (writes_slot) assume (granted);
    assume (finishes <= writer);
    assume (leaves <= readers && readers + reads_slot < 8);

    writer <= !reset && (writes_slot || writer && finishes == 0);
    readers <= reset ? 0 : readers + reads_slot - leaves;
    written <= reset || !writer ? 0 : written == SETTLES ? SETTLES : written + 1;
    read <= reset || readers == 0 ? 0 : read == SETTLES ? SETTLES : read + 1;
    sending <= !reset && (sending || sends && sends_at == slot);
    sent <= reset || !sending ? 0 : sent == SETTLES ? SETTLES : sent + 1;
    // After a reset nothing has been dispatched.
    since <= reset ? SETTLES : writes_slot || reads_slot ? 0 : since == SETTLES ? SETTLES : since + 1;
    granted <= !reset && !writes_slot && (granted || since == SETTLES && here3 && here2 && free);

    if (begun && !quiet && !reset) begin
      if (writer && written == SETTLES) assert ((about2 & ~pending) == 0);
      if (writer && written == SETTLES && here2) assert (!free);
      if (readers != 0 && read == SETTLES && here2) assert (!free && !quiet_slots);
      if (sending && sent == SETTLES && here2) assert (!remote_free);
    end
  end
endmodule
