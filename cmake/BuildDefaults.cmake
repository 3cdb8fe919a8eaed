# Release unless something else is asked for; the same floating-point rules everywhere.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")

# Nobody reads errno or the floating-point flags. Nothing here may reorder sums or assume that there are no NaNs.
add_compile_options(-Wall -Wextra -Wno-psabi -fno-tree-slp-vectorize -fno-math-errno -fno-trapping-math -fno-exceptions -fno-rtti)

option(DRLLAVA_SANITIZE "Build with the address and undefined-behaviour sanitizers" OFF)
if(DRLLAVA_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()
