// Bursts: whatever stretches it is given, its bursts are legal, stay while they wait, and cover every stretch line by line.
module top (
    input clock,
    input reset,
    input given,
    input [63:0] address,
    input [31:0] lines,
    input ready
);
  localparam MOST = 32;  // burstBeats of the cards
  wire taken_in, valid, last, idle;
  wire [63:0] at;
  wire [5:0] beats;
  Bursts dut (
      .clock(clock),
      .reset(reset),
      .io_command_ready(taken_in),
      .io_command_valid(given),
      .io_command_bits_address(address),
      .io_command_bits_lines(lines),
      .io_burst_ready(ready),
      .io_burst_valid(valid),
      .io_burst_bits_request_address(at),
      .io_burst_bits_request_beats(beats),
      .io_burst_bits_last(last),
      .io_idle(idle)
  );
  (* hierconn *) wire [1:0] \dut.state ;
  (* hierconn *) wire [63:0] \dut.address ;
  (* hierconn *) wire [31:0] \dut.left ;
  (* hierconn *) wire [5:0] \dut.limit ;
  (* hierconn *) wire \dut.many ;
  (* hierconn *) wire \dut.commands_q_io_deq_ready ;
  (* hierconn *) wire \dut._commands_q_io_deq_valid ;
  (* hierconn *) wire [63:0] \dut._commands_q_io_deq_bits_address ;
  (* hierconn *) wire [31:0] \dut._commands_q_io_deq_bits_lines ;
  wire begins = \dut.commands_q_io_deq_ready  && \dut._commands_q_io_deq_valid ;

  // The stretch under way: where its next burst has to begin, and the lines that are left.
  reg begun = 0, quiet, busy = 0, waited;
  reg [63:0] next, was_at;
  reg [31:0] left;
  reg [5:0] was_beats;
  reg was_last;
  always @(posedge clock) begin
    begun <= 1;
    quiet <= reset;
    if (!begun) assume (reset);
    // Stretches are whole lines, at least one, and what leaves the queue is what came in.
    if (begins) assume (\dut._commands_q_io_deq_bits_address [5:0] == 0 && \dut._commands_q_io_deq_bits_lines  != 0);
    if (reset) busy <= 0;
    else if (begins) begin
      busy <= 1;
      next <= \dut._commands_q_io_deq_bits_address ;
      left <= \dut._commands_q_io_deq_bits_lines ;
    end else if (valid && ready) begin
      busy <= !last;
      next <= next + {52'b0, beats, 6'b0};
      left <= left - beats;
    end
    waited <= valid && !ready && !reset;
    was_at <= at;
    was_beats <= beats;
    was_last <= last;
    if (begun && !quiet && !reset) begin
      if (waited) assert (valid && at == was_at && beats == was_beats && last == was_last);
      if (valid) begin
        assert (busy && at == next);
        assert (at[5:0] == 0 && beats != 0 && beats <= MOST);
        assert ({1'b0, at[11:6]} + beats <= 64);
        assert (beats <= left && last == (beats == left));
      end
    end
    // What the induction has to know of the registers inside.
    if (begun && !quiet) begin
      assert (busy == (\dut.state  != 0));
      if (busy) assert (left != 0 && \dut.left  == left && \dut.address  == next && next[5:0] == 0);
      if (\dut.state  == 2) begin
        assert (\dut.limit  == (64 - next[11:6] < MOST ? 64 - next[11:6] : MOST));
        assert (\dut.many  == (left > 63));
      end
    end
  end
endmodule
