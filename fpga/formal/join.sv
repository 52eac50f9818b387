// ReadJoin: whatever two readers ask, their requests leave in the order in which they were taken, each with its reader's
// number, unchanged while they wait; neither reader goes twice before the other that waits; an answer reaches the one it is for.
module top (
    input clock,
    input reset,
    input [1:0] given,
    input [63:0] address_0,
    input [63:0] address_1,
    input [7:0] length_0,
    input [7:0] length_1,
    input ready,
    input answered,
    input answer_to,
    input [511:0] data,
    input [1:0] response,
    input last
);
  wire [1:0] taken, reached, lasts;
  wire valid, id;
  wire [63:0] at;
  wire [7:0] beats;
  wire [2:0] size;
  wire [1:0] burst;
  wire [511:0] data_0, data_1;
  wire [1:0] response_0, response_1;
  ReadJoin dut (
      .clock(clock),
      .reset(reset),
      .io_in_0_ar_ready(taken[0]),
      .io_in_0_ar_valid(given[0]),
      .io_in_0_ar_bits_addr(address_0),
      .io_in_0_ar_bits_len(length_0),
      .io_in_0_r_valid(reached[0]),
      .io_in_0_r_bits_data(data_0),
      .io_in_0_r_bits_resp(response_0),
      .io_in_0_r_bits_last(lasts[0]),
      .io_in_1_ar_ready(taken[1]),
      .io_in_1_ar_valid(given[1]),
      .io_in_1_ar_bits_addr(address_1),
      .io_in_1_ar_bits_len(length_1),
      .io_in_1_r_valid(reached[1]),
      .io_in_1_r_bits_data(data_1),
      .io_in_1_r_bits_resp(response_1),
      .io_in_1_r_bits_last(lasts[1]),
      .io_out_ar_ready(ready),
      .io_out_ar_valid(valid),
      .io_out_ar_bits_id(id),
      .io_out_ar_bits_addr(at),
      .io_out_ar_bits_len(beats),
      .io_out_ar_bits_size(size),
      .io_out_ar_bits_burst(burst),
      .io_out_r_valid(answered),
      .io_out_r_bits_id(answer_to),
      .io_out_r_bits_data(data),
      .io_out_r_bits_resp(response),
      .io_out_r_bits_last(last)
  );
  (* hierconn *) wire \dut.io_out_ar_q.enq_ptr_value ;
  (* hierconn *) wire \dut.io_out_ar_q.deq_ptr_value ;
  (* hierconn *) wire \dut.io_out_ar_q.maybe_full ;
  (* hierconn *) wire [77:0] \dut.io_out_ar_q.ram_ext.Memory[0] ;
  (* hierconn *) wire [77:0] \dut.io_out_ar_q.ram_ext.Memory[1] ;
  (* hierconn *) wire \dut.arbiter.ctrl_validMask_grantMask_lastGrant ;

  wire [1:0] takes = given & taken;
  wire [72:0] newest = takes[1] ? {1'b1, address_1, length_1} : {1'b0, address_0, length_0};
  wire [72:0] oldest = {id, at, beats};

  // What has been taken and has not left, the oldest in front.
  reg begun = 0, quiet, waited;
  reg [1:0] count = 0;
  reg [72:0] front, behind, was;
  // Who waited while the other was taken, and has not been taken since.
  reg [1:0] passed = 0, waits = 0;
  wire leaves = valid && ready;
  always @(posedge clock) begin
    begun <= 1;
    quiet <= reset;
    if (!begun) assume (reset);
    if (begun && !quiet && !reset) begin
      // A reader keeps its offer.
      assume ((waits & ~given) == 0);

      assert (takes != 3);
      assert ((takes != 0) == (given != 0 && count != 2));
      assert (valid == (count != 0));
      if (valid) assert (oldest == front && size == 6 && burst == 1);
      if (waited) assert (valid && oldest == was);
      assert (!(passed[0] && takes[1]) && !(passed[1] && takes[0]));
    end
    assert (reached == {answered && answer_to, answered && !answer_to});
    assert (!reached[0] || {data_0, response_0, lasts[0]} == {data, response, last});
    assert (!reached[1] || {data_1, response_1, lasts[1]} == {data, response, last});

    waited <= valid && !ready && !reset;
    was <= oldest;
    waits <= reset ? 0 : given & ~taken;
    if (reset) passed <= 0;
    else if (takes != 0) passed <= given & ~takes;
    if (reset) count <= 0;
    else begin
      count <= count + (takes != 0) - leaves;
      if (leaves) front <= count == 2 ? behind : newest;
      else if (count == 0) front <= newest;
      if (takes != 0 && (count == 1 && !leaves || count == 2)) behind <= newest;
    end

    // What the induction has to know of the registers inside.
    if (begun && !quiet) begin
      assert (count != 3);
      assert (count == (\dut.io_out_ar_q.enq_ptr_value  != \dut.io_out_ar_q.deq_ptr_value  ? 1 : \dut.io_out_ar_q.maybe_full  ? 2 : 0));
      if (count == 2)
        assert ({behind, 5'h19} == (\dut.io_out_ar_q.deq_ptr_value  ? \dut.io_out_ar_q.ram_ext.Memory[0]  : \dut.io_out_ar_q.ram_ext.Memory[1] ));
      if (count != 0)
        assert ({front, 5'h19} == (\dut.io_out_ar_q.deq_ptr_value  ? \dut.io_out_ar_q.ram_ext.Memory[1]  : \dut.io_out_ar_q.ram_ext.Memory[0] ));
      assert (passed != 3);
      if (passed[0]) assert (\dut.arbiter.ctrl_validMask_grantMask_lastGrant  == 1);
      if (passed[1]) assert (\dut.arbiter.ctrl_validMask_grantMask_lastGrant  == 0);
      assert ((passed & ~waits) == 0);
    end
  end
endmodule
