// Functions compiled for several levels of a processor family; the loader picks the best.
#pragma once

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define CIPHERSTREAM_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#define CIPHERSTREAM_PRODUCT_CLONES __attribute__((target_clones("bmi2", "default")))
#else
#define CIPHERSTREAM_VECTOR_CLONES
#define CIPHERSTREAM_PRODUCT_CLONES
#endif

#define CIPHERSTREAM_INLINE __attribute__((always_inline)) inline

// Before a loop whose steps touch words of their own only: vectors need no checks for aliases.
#if defined(__clang__)
#define CIPHERSTREAM_WORD_BY_WORD _Pragma("clang loop vectorize(assume_safety)")
#else
#define CIPHERSTREAM_WORD_BY_WORD _Pragma("GCC ivdep")
#endif
