# Builds a JNI library from a shim and the two files that JavaCPP generated for it.
#
#   -DSEAL_DIR=…     folder of SEALConfig.cmake
#   -DJNI_DIR=…      folder of the generated jni*.cpp and jnijavacpp.cpp
#   -DOUTPUT_DIR=…   folder the library goes to
find_package(SEAL 4.1 REQUIRED CONFIG)
set(JDK_INCLUDE "$ENV{JAVA_HOME}/include")
if(NOT EXISTS "${JDK_INCLUDE}/jni.h")
  message(FATAL_ERROR "jni.h is not in JAVA_HOME/include, JAVA_HOME=$ENV{JAVA_HOME}; "
                      "install the Debian package openjdk-17-jdk-headless")
endif()
message(STATUS "SEAL ${SEAL_VERSION} from ${SEAL_DIR}")

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_SKIP_RPATH ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")
get_filename_component(REPOSITORY "${CMAKE_CURRENT_LIST_DIR}/../../../../.." ABSOLUTE)

# name: of the library without lib; the sources of the shim follow.
function(cipherstream_jni name)
  add_library(${name}_shim STATIC ${ARGN})
  target_include_directories(${name}_shim PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}
                             ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/common)
  target_compile_options(${name}_shim PRIVATE -Wall -Wextra -Wconversion -Wshadow
                         -ffunction-sections -fdata-sections
                         "-ffile-prefix-map=${REPOSITORY}=.")
  # SEAL's headers are not held to our warnings.
  get_target_property(seal_includes SEAL::seal INTERFACE_INCLUDE_DIRECTORIES)
  target_include_directories(${name}_shim SYSTEM PUBLIC ${seal_includes})
  target_link_libraries(${name}_shim PUBLIC SEAL::seal)

  add_library(${name} SHARED ${JNI_DIR}/${name}.cpp ${JNI_DIR}/jnijavacpp.cpp)
  target_include_directories(${name} PRIVATE ${JDK_INCLUDE} ${JDK_INCLUDE}/linux)
  target_compile_options(${name} PRIVATE -w "-ffile-prefix-map=${REPOSITORY}=.")
  target_link_libraries(${name} PRIVATE ${name}_shim)
  target_link_options(${name} PRIVATE -Wl,-z,defs -Wl,--gc-sections -Wl,--exclude-libs,ALL -s)
  set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${OUTPUT_DIR})
endfunction()
