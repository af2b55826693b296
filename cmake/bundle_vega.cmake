# Script mode: join the modules of Vega that the report needs into one script that defines `vega`.
# cmake -DOUTPUT=vega.js -DMODULES=/usr/share/javascript/vega -DLICENCE=licence.txt -P bundle_vega.cmake
# Debian ships Vega as separate UMD modules, each of which would overwrite the global `vega`; so every one is
# given its own CommonJS `exports` and finds the others by `require`. Their order is that of dependency.
set(modules util canvas event-selector expression time format loader statistics dataflow scale scenegraph selection
    functions encode view-transforms transforms runtime parser view interpreter)

file(READ "${LICENCE}" licence)
file(WRITE "${OUTPUT}" "/*\n${licence}*/\nconst vega = (function () {\n"
     "const loaded = {};\nconst require = name => loaded[name];\n")
foreach(module ${modules})
    file(READ "${MODULES}/vega-${module}.min.js" text)
    string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" text "${text}")
    # Either would end or change the script element around it.
    if(text MATCHES "</[sS][cC][rR][iI][pP][tT]|<!--")
        message(FATAL_ERROR "vega-${module}.min.js cannot stand inside a script element")
    endif()
    # The file and the name under which others ask for it differ.
    if(module STREQUAL "selection")
        set(module selections)
    endif()
    file(APPEND "${OUTPUT}" "(function (exports, module) {")
    file(APPEND "${OUTPUT}" "${text}")
    file(APPEND "${OUTPUT}" "})(loaded['vega-${module}'] = {}, {});\n")
endforeach()
file(APPEND "${OUTPUT}"
     "Object.assign(loaded['vega-dataflow'].transforms, loaded['vega-transforms'],\n"
     "    loaded['vega-view-transforms'], loaded['vega-encode']);\n"
     "return { parse: loaded['vega-parser'].parse, View: loaded['vega-view'].View,\n"
     "    expressionInterpreter: loaded['vega-interpreter'].expressionInterpreter };\n})();\n")
