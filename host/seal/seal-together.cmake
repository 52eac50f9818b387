# Read by CMake at the beginning of SEAL's project (build-seal.sh): its hashes in C have functions of equal names and stay
# files of their own when others are compiled together.
file(GLOB hashes ${CMAKE_CURRENT_SOURCE_DIR}/native/src/seal/util/*.c)
set_source_files_properties(${hashes} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
