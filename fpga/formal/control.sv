// Control registers: what an AXI4-Lite master and the core see of them, whatever either does.
// The host here keeps the rules of AXI4-Lite, sends a write's address and data together and one write after the other,
// so that a write takes effect in the cycle behind its acceptance. The core ends only runs that it has begun.
module top (
    input clock,
    input reset,
    input write,
    input [11:0] write_address,
    input [31:0] write_data,
    input [3:0] strobe,
    input answer_ready,
    input read,
    input [11:0] read_address,
    input value_ready,
    input done,
    input [31:0] status,
    input [31:0] failed
);
  wire aw_ready, w_ready, answered, ar_ready, valued, start, interrupt;
  wire [31:0] value;
  wire [63:0] words[0:9];
  Control dut (
      .clock(clock),
      .reset(reset),
      .io_axi_aw_ready(aw_ready),
      .io_axi_aw_valid(write),
      .io_axi_aw_bits(write_address),
      .io_axi_w_ready(w_ready),
      .io_axi_w_valid(write),
      .io_axi_w_bits_data(write_data),
      .io_axi_w_bits_strb(strobe),
      .io_axi_b_ready(answer_ready),
      .io_axi_b_valid(answered),
      .io_axi_ar_ready(ar_ready),
      .io_axi_ar_valid(read),
      .io_axi_ar_bits(read_address),
      .io_axi_r_ready(value_ready),
      .io_axi_r_valid(valued),
      .io_axi_r_bits_data(value),
      .io_arguments_words_0(words[0]),
      .io_arguments_words_2(words[2]),
      .io_arguments_words_3(words[3]),
      .io_arguments_words_5(words[5]),
      .io_arguments_words_7(words[7]),
      .io_arguments_words_8(words[8]),
      .io_arguments_words_9(words[9]),
      .io_start(start),
      .io_done(done),
      .io_status(status),
      .io_failedInstruction(failed),
      .io_interrupt(interrupt)
  );

  // Registers inside, by their names after flattening.
  (* hierconn *) wire \dut.begins ;
  (* hierconn *) wire \dut.running ;
  (* hierconn *) wire \dut.done ;
  (* hierconn *) wire [1:0] \dut.enable ;
  (* hierconn *) wire [1:0] \dut.pending ;
  (* hierconn *) wire [63:0] \dut.arguments_words_0 ;
  (* hierconn *) wire [63:0] \dut.taken_words_0 ;
  (* hierconn *) wire \dut.address_q.io_deq_valid ;
  (* hierconn *) wire \dut.data_q.io_deq_valid ;
  (* hierconn *) wire [11:0] \dut.address_q.io_deq_bits ;
  (* hierconn *) wire [31:0] \dut.data_q.io_deq_bits_data ;
  (* hierconn *) wire [3:0] \dut.data_q.io_deq_bits_strb ;
  (* hierconn *) wire \dut.reading_q.io_deq_valid ;
  (* hierconn *) wire [11:0] \dut.reading_q.io_deq_bits ;

  // The cycle before.
  reg begun = 0, quiet, was_valued, value_waited, answer_waited, write_waited, read_waited, was_write;
  reg [31:0] was_value, was_data;
  reg [11:0] was_write_address, was_read_address;
  reg [3:0] was_strobe;
  reg [63:0] was_word, was_pool;
  // A write that takes effect now, and what it says.
  reg acts = 0;
  reg [11:0] acts_at;
  reg [31:0] acts_data;
  reg [3:0] acts_strobe;
  wire writes_control = acts && acts_at[11:2] == 0 && acts_strobe[0];
  wire writes_status = acts && acts_at[11:2] == 3 && acts_strobe[0];
  // The core: a run is under way. The host: a completion that nobody has been told of, an interrupt likewise.
  reg running = 0, told = 1, enabled = 0, rang = 0, started = 0;
  // The one read that is under way, and whether its value must show the completion, or the interrupt.
  reg reads = 0, asks_done = 0, asks_interrupt = 0;
  // First argument as the host last wrote it.
  reg [31:0] argument, was_argument;
  reg known = 0, was_known = 0;
  reg open = 0;

  always @(posedge clock) begin
    begun <= 1;
    quiet <= reset;
    if (!begun) assume (reset);
    if (reset) assume (!write && !read && !done);
    value_waited <= valued && !value_ready;
    was_value <= value;
    answer_waited <= answered && !answer_ready;
    write_waited <= write && !aw_ready;
    was_write_address <= write_address;
    was_data <= write_data;
    was_strobe <= strobe;
    read_waited <= read && !ar_ready;
    was_read_address <= read_address;
    was_word <= words[0];
    was_pool <= words[9];
    if (begun && !quiet && !reset) begin
      // The master keeps an offer.
      if (write_waited) assume (write && write_address == was_write_address && write_data == was_data && strobe == was_strobe);
      if (read_waited) assume (read && read_address == was_read_address);
      // The slave keeps its own: AXI4-Lite, A3.2.1.
      if (answer_waited) assert (answered);
      if (value_waited) assert (valued && value == was_value);
    end

    // One write after the other, and one read.
    if (open) assume (!write);
    if (reads) assume (!read);
    if (reset || valued && value_ready) reads <= 0;
    else if (read && ar_ready) reads <= 1;
    if (reset) open <= 0;
    else if (write && aw_ready) open <= 1;
    else if (answered && answer_ready) open <= 0;
    acts <= write && aw_ready && !reset;
    acts_at <= write_address;
    acts_data <= write_data;
    acts_strobe <= strobe;

    // A run begins when it may, and ends once.
    if (done) assume (running);
    if (!reset && begun && !quiet && start) begin
      assert (!running);
      assert (told);
      if (was_known) assert (words[0][31:0] == was_argument);
    end
    if (reset) running <= 0;
    else if (start) running <= 1;
    else if (done) running <= 0;

    // Its arguments stay while it runs.
    if (begun && !quiet && !reset && running) assert (words[0] == was_word && words[9] == was_pool);
    was_known <= known && !reset;
    was_argument <= argument;
    if (reset) known <= 0;
    else if (acts && acts_at[11:2] == 4 && acts_strobe == 15) begin
      known <= 1;
      argument <= acts_data;
    end else if (acts && acts_at[11:2] == 4) known <= 0;

    // A completion is seen by every read until the host goes on, also if it went on for another one in that very cycle.
    if (reset || writes_control && acts_data[4] && !done) told <= 1;
    else if (done) told <= 0;
    if (reset || writes_control) asks_done <= 0;
    else if (read && ar_ready) asks_done <= !told && read_address[11:2] == 0;
    if (!reset && begun && !quiet && valued && asks_done) assert (value[1]);

    // An interrupt that is enabled comes, and its bit stays until it is taken back.
    if (reset) enabled <= 0;
    else if (acts && acts_at[11:2] == 2 && acts_strobe[0]) enabled <= acts_data[0];
    if (reset) rang <= 0;
    else if (done && enabled) rang <= 1;
    else if (writes_status) rang <= 0;
    if (reset || writes_status) asks_interrupt <= 0;
    else if (read && ar_ready) asks_interrupt <= rang && read_address[11:2] == 3;
    if (!reset && begun && !quiet && valued && asks_interrupt) assert (value[0]);

    // What the induction has to know of the registers inside.
    if (begun && !quiet) begin
      assert (told == !\dut.done );
      assert (enabled == \dut.enable [0]);
      assert (!rang || \dut.pending [0]);
      assert (\dut.begins  == start);
      assert (\dut.running  == (running || start));
      assert (!(running && start));
      assert (!(\dut.running  && \dut.done ));
      assert (!known || argument == \dut.arguments_words_0 [31:0]);
      assert (!was_known || !start || was_argument == \dut.taken_words_0 [31:0]);
      assert (acts == \dut.address_q.io_deq_valid  && acts == \dut.data_q.io_deq_valid );
      if (acts) assert (acts_at == \dut.address_q.io_deq_bits  && acts_data == \dut.data_q.io_deq_bits_data  && acts_strobe == \dut.data_q.io_deq_bits_strb );
      assert (!(acts && answered) && open == (acts || answered));
      assert (!(\dut.reading_q.io_deq_valid  && valued) && reads == (\dut.reading_q.io_deq_valid  || valued));
      assert (!asks_done || !told);
      assert (!asks_interrupt || rang);
      if (asks_done && \dut.reading_q.io_deq_valid ) assert (\dut.reading_q.io_deq_bits [11:2] == 0);
      if (asks_interrupt && \dut.reading_q.io_deq_valid ) assert (\dut.reading_q.io_deq_bits [11:2] == 3);
    end
  end
endmodule
