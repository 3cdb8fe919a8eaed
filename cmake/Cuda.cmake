# Compiles one .cu file, which includes the rest, for the GPUs that training runs on, where an nvcc is found that works.
# It needs no GPU. Newer GPUs take the code for 90 as it lies there for them to translate.

option(DRLLAVA_CUDA "Build the kernels for NVIDIA GPUs where nvcc is found" ON)

set(DRLLAVA_CUDA_FOUND OFF)
if(DRLLAVA_CUDA)
  find_package(CUDAToolkit QUIET)
  if(CUDAToolkit_FOUND AND CUDAToolkit_NVCC_EXECUTABLE AND TARGET CUDA::cudart_static)
    # A compiler too new for nvcc, say, must not stop the rest from being built.
    file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/probe.cu" "#include <cuda_runtime.h>\n__global__ void kernel() {}\n")
    execute_process(COMMAND ${CUDAToolkit_NVCC_EXECUTABLE} -ccbin ${CMAKE_CXX_COMPILER} -std=c++20 -arch=sm_90 -c probe.cu -o probe.o
                    WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE text)
    if(failed)
      message(WARNING "The kernels for GPUs are not built: ${CUDAToolkit_NVCC_EXECUTABLE} cannot compile:\n${text}")
    else()
      set(DRLLAVA_CUDA_FOUND ON)
    endif()
  endif()
endif()

# Adds what nvcc makes of `source` to the target. -fmad=false: a multiply-add stands in the source where one is meant.
function(add_cuda_source target source)
  file(GLOB read "${CMAKE_CURRENT_SOURCE_DIR}/cuda/*" "${CMAKE_CURRENT_SOURCE_DIR}/api/*.h" "${CMAKE_CURRENT_SOURCE_DIR}/include/*.h")
  set(object "${CMAKE_CURRENT_BINARY_DIR}/${target}.o")
  add_custom_command(OUTPUT "${object}"
    COMMAND ${CUDAToolkit_NVCC_EXECUTABLE} -ccbin ${CMAKE_CXX_COMPILER} -std=c++20 -O3 -fmad=false --threads 2
            -gencode arch=compute_80,code=sm_80 -gencode "arch=compute_90,code=[sm_90,compute_90]"
            -Xcompiler -fPIC,-fvisibility=hidden,-fno-exceptions,-Wall
            -I include -I api -I cuda -c "${source}" -o "${object}"
    WORKING_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" DEPENDS ${read} VERBATIM COMMENT "Compiling ${source} for sm_80 and sm_90")
  target_sources(${target} PRIVATE "${object}")
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  target_link_libraries(${target} PRIVATE CUDA::cudart_static)
endfunction()
