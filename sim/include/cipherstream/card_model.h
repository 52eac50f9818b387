/* What a device image holds: a card's logic as a shared library with this C interface. The OpenCL
 * platform is the card's shell: it owns device memory, and gives a model the values of the kernel's
 * argument registers. A model is one compute unit; it never touches memory that is not allocated. */
#ifndef CIPHERSTREAM_CARD_MODEL_H
#define CIPHERSTREAM_CARD_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CARD_MODEL_ABI 2
#define CARD_MODEL_ENTRY "cipherstream_card_model"
#define CARD_PORTS_MAX 8
#define CARD_NAME_BYTES 16
#define CARD_MESSAGE_BYTES 512
/* Bytes of a line, the unit in which device memory is owned. */
#define CARD_LINE_BYTES 64

/* Device memory: `size` bytes from device address `base` on, both multiples of a line. owner[i] is
 * the tag of the context that holds line i, 0 when it is free; it may change while a model runs, and
 * is read atomically. */
typedef struct card_memory {
  uint8_t *bytes;
  const uint8_t *owner;
  uint64_t base;
  uint64_t size;
} card_memory;

typedef enum card_fault_kind {
  CARD_FAULT_FLIP = 1,          /* bit 0 of word 0 of read beat `at` is inverted */
  CARD_FAULT_STUCK_READY = 2,   /* from cycle `at` on the memory takes nothing from `port` */
  CARD_FAULT_READ_ERROR = 3,    /* read beat `at` is answered with SLVERR */
  CARD_FAULT_WRITE_ERROR = 4,   /* write burst `at` is answered with SLVERR */
  CARD_FAULT_LOST_INTERRUPT = 5 /* the interrupt of run `at` does not arrive */
} card_fault_kind;

/* Beats, bursts, cycles and runs are counted from 1, since the unit was created, over all ports. A
 * fault happens once. */
typedef struct card_fault {
  uint32_t kind;
  char port[CARD_NAME_BYTES];
  uint64_t at;
} card_fault;

typedef struct card_options {
  const char *image_json;   /* the image's header: configuration and parameters */
  uint32_t latency_cycles;  /* from a burst's address to its first beat, from its last to the answer */
  uint32_t bandwidth_bytes; /* a cycle, for this unit, reads and writes together; 0: no limit */
  double stall_probability; /* a cycle and channel; above 0, answers of different IDs overtake each other */
  uint64_t stall_seed;      /* also of what registers and memories hold before they are written */
  uint64_t hang_cycles;     /* without a beat or an answer, after which a run is given up */
  const card_fault *faults;
  size_t fault_count;
  const char *wave_file; /* NULL: none */
  uint64_t wave_from;    /* cycles since the unit was created: recorded from this one */
  uint64_t wave_to;      /* to the one before this; 0: no end */
  uint64_t wave_last;    /* not 0: in two files in turn, each of so many cycles, until a run fails */
} card_options;

/* A value of an argument register. */
typedef struct card_register {
  uint32_t offset;
  uint32_t value;
} card_register;

typedef enum card_outcome {
  CARD_DONE = 0,  /* the core says that it is done */
  CARD_HUNG = 1,  /* no progress; the unit needs reset */
  CARD_FAILED = 2 /* the model itself failed, message says why; the unit needs reset */
} card_outcome;

typedef struct card_port {
  char name[CARD_NAME_BYTES];
  uint64_t read_bursts;
  uint64_t read_beats;
  uint64_t write_bursts;
  uint64_t write_beats;
  uint64_t stall_cycles;     /* cycles in which the port asked and the memory did not take or answer */
  uint64_t overtaking_beats; /* read beats that came before those of an older burst with another ID */
} card_port;

typedef struct card_report {
  uint32_t outcome;
  uint32_t status;             /* as the core's register says; 0 is success */
  uint32_t failed_instruction; /* likewise */
  uint32_t interrupt_lost;     /* 1: the end was found by polling */
  uint64_t cycles;             /* from start to end; 0: this model has no clock */
  uint32_t port_count;
  card_port ports[CARD_PORTS_MAX];
  char message[CARD_MESSAGE_BYTES];
} card_report;

typedef struct card_unit card_unit;

/* A unit is used by one thread at a time; different units by different threads. */
typedef struct card_model {
  uint32_t abi;
  const char *kind; /* "verilator" or "golden" */
  /* A unit after reset, NULL with a text in `message` (CARD_MESSAGE_BYTES) if it cannot be made. */
  card_unit *(*create)(const card_options *options, const card_memory *memory, char *message);
  void (*destroy)(card_unit *unit);
  void (*reset)(card_unit *unit);
  /* One program, from the writing of its registers to its end. Only lines with the tag `owner` are
   * reached; others are answered as the bus answers an address where nothing is (DECERR). */
  void (*run)(card_unit *unit, const card_register *registers, size_t count, uint8_t owner, card_report *report);
} card_model;

/* Exported by every model under the name CARD_MODEL_ENTRY. */
typedef const card_model *(*card_model_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
