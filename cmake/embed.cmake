# Script mode: write a C file that holds FILES as arrays of bytes: rlra_asset_NAME and rlra_asset_NAME_bytes.
# cmake -DOUTPUT=assets.c "-DNAMES=style,script" "-DFILES=page.css,page.js" -P embed.cmake
string(REPLACE "," ";" NAMES "${NAMES}")
string(REPLACE "," ";" FILES "${FILES}")
set(text "/* Generated from files at build time. */\n#include \"report/asset.h\"\n")
foreach(name file IN ZIP_LISTS NAMES FILES)
    file(READ "${file}" hex HEX)
    string(LENGTH "${hex}" digits)
    math(EXPR bytes "${digits} / 2")
    string(REGEX REPLACE "(..)" "0x\\1," array "${hex}")
    string(APPEND text "\nconst size_t rlra_asset_${name}_bytes = ${bytes};\n"
                       "const unsigned char rlra_asset_${name}[] = {${array}0};\n")
endforeach()
file(WRITE "${OUTPUT}" "${text}")
