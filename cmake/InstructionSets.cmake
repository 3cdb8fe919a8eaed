# Compiles the kernels once for each instruction set that the compiler knows. Which one runs is decided when the library is
# used (select.cpp), so only the kernels themselves, never the code around them, may be compiled with these options.

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag("-mavx2 -mfma" DRLLAVA_COMPILER_AVX2)
check_cxx_compiler_flag("-mavx512f -mavx2 -mfma" DRLLAVA_COMPILER_AVX512)
check_cxx_compiler_flag("-mavx512f -mavx512bf16 -mavx2 -mfma" DRLLAVA_COMPILER_AVX512BF16)
if(CMAKE_SYSTEM_NAME STREQUAL Linux)  # the kernel grants the registers
  check_cxx_compiler_flag("-mavx512f -mavx512bf16 -mavx2 -mfma -mamx-tile -mamx-bf16" DRLLAVA_COMPILER_AMX)
endif()

# AVX-512's code needs a processor that has it. Its 16 lanes, tiles and tails run on any with AVX2 too when the compiler
# takes each vector apart into two: DRLLAVA_KERNELS=wide then tests them, slowly.
option(DRLLAVA_WIDE "Also build 16 lanes on AVX2, to test AVX-512's code without the processor" OFF)

# The kernels as namespace NAME, with vectors of LANES floats; further arguments are compiler options.
function(add_kernels target sources name lanes)
  add_library(kernels_${name} OBJECT ${sources})
  # One translation unit a set: three times as fast to build, and the compiler sees through the tile functions.
  set_target_properties(kernels_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  target_include_directories(kernels_${name} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/api ${PROJECT_SOURCE_DIR}/cpu)
  target_compile_definitions(kernels_${name} PRIVATE DL_ISA=${name} DL_NAME="${name}" DL_LANES=${lanes})
  target_compile_options(kernels_${name} PRIVATE ${ARGN})
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:kernels_${name}>)
endfunction()

function(add_instruction_sets target sources)
  add_kernels(${target} "${sources}" scalar 4)
  if(DRLLAVA_COMPILER_AVX2)
    add_kernels(${target} "${sources}" avx2 8 -mavx2 -mfma)
    target_compile_definitions(${target} PRIVATE DL_HAS_AVX2)
  endif()
  if(DRLLAVA_COMPILER_AVX512)
    add_kernels(${target} "${sources}" avx512 16 -mavx512f -mavx2 -mfma -Wno-maybe-uninitialized)  # GCC's own avx512fintrin.h
    target_compile_definitions(${target} PRIVATE DL_HAS_AVX512)
  endif()
  if(DRLLAVA_COMPILER_AVX512BF16)
    add_kernels(${target} "${sources}" avx512bf16 16 -mavx512f -mavx512bf16 -mavx2 -mfma -Wno-maybe-uninitialized)
    target_compile_definitions(${target} PRIVATE DL_HAS_AVX512BF16)
  endif()
  if(DRLLAVA_COMPILER_AMX)
    add_kernels(${target} "${sources}" amx 16 -mavx512f -mavx512bf16 -mavx2 -mfma -mamx-tile -mamx-bf16 -DDL_AMX -Wno-maybe-uninitialized)
    target_compile_definitions(${target} PRIVATE DL_HAS_AMX)
  endif()
  if(DRLLAVA_WIDE)
    add_kernels(${target} "${sources}" wide 16 -mavx2 -mfma)
    target_compile_definitions(${target} PRIVATE DL_HAS_WIDE)
  endif()
endfunction()
