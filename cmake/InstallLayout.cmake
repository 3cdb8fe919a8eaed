# Where the library lies in the jar, with a list of its size and hash beside it, which the Java side checks when it unpacks.
# The list has the form of org.drllava.bindings.host.FileManifest.

function(install_for_jar target list)
  string(TOLOWER "${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR}" platform)
  set(folder "native/${platform}")
  install(TARGETS ${target} LIBRARY DESTINATION ${folder})
  install(CODE "
    set(file \"${folder}/$<TARGET_FILE_NAME:${target}>\")
    file(SHA256 \"\${CMAKE_INSTALL_PREFIX}/\${file}\" hash)
    file(SIZE \"\${CMAKE_INSTALL_PREFIX}/\${file}\" bytes)
    file(WRITE \"\${CMAKE_INSTALL_PREFIX}/${folder}/${list}\"
         \"version\\t${PROJECT_VERSION}\\n\${file}\\t\${bytes}\\t\${hash}\\n\")")
endfunction()
