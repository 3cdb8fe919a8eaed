# A test: cmake -DNM=… -DOBJECTS=… -P CheckSymbols.cmake fails if an object of one instruction set defines a function that
# the linker could keep in place of another set's, which would stop the program on a processor without the first.
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} -C ${object} OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${NM} cannot read ${object}")
  endif()
  string(REGEX MATCHALL "[^\n]* [WVu] [^\n]*" shared "${symbols}")
  if(shared)
    message(FATAL_ERROR "${object} defines inline functions for all:\n${shared}")
  endif()
endforeach()
