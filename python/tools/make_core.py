#!/usr/bin/env python3
"""Write the C source of rlra._core: cffi wrappers of all that the public headers declare.

The headers are preprocessed by the compiler and cut down to their own declarations, so a new function or struct
appears in Python without being mentioned anywhere else.
"""
import argparse
import pathlib
import re
import subprocess

import cffi

MARKER = re.compile(r'^# \d+ "([^"]*)"')
NUMBER = re.compile(r"^#define (RLRA_[A-Z_]+) +(\d+)$", re.M)
ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)(?=[^)])")


def own_lines(text, folder):
    """The preprocessed lines that come from files in `folder`."""
    inside = False
    for line in text.splitlines():
        marker = MARKER.match(line)
        if marker:
            inside = pathlib.Path(marker.group(1)).resolve().parent == folder
        elif inside and line.strip():
            yield line


def declarations(compiler, include, header):
    """Declarations of a header and the headers of the same folder that it includes."""
    command = [compiler, "-E", "-I", str(include), "-x", "c", str(header)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = "\n".join(own_lines(text, header.resolve().parent))
    return ATTRIBUTE.sub(" ", lines)


def numbers(folder):
    """Numbers with a name, which the preprocessor swallows."""
    names = sorted({match[0] for path in folder.glob("*.h") for match in NUMBER.findall(path.read_text())})
    return "".join(f"#define {name} ...\n" for name in names)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--include", required=True, type=pathlib.Path)
    parser.add_argument("--native", required=True, type=pathlib.Path, nargs="+", help="the module's own headers")
    parser.add_argument("--output", required=True)
    arguments = parser.parse_args()
    folder = arguments.include / "rlra"
    builder = cffi.FFI()
    builder.cdef(declarations(arguments.compiler, arguments.include, folder / "rlra.h") + "\n" + numbers(folder))
    for header in arguments.native:
        builder.cdef(declarations(arguments.compiler, arguments.include, header))
    builder.cdef('extern "Python+C" void rlra_watch_poll(void *, const rlra_progress *);\n'
                 'extern "Python+C" void rlra_watch_warn(void *, const char *);\n'
                 'extern "Python+C" void rlra_watch_variable(void *, const rlra_variable *);\n'
                 'extern "Python+C" int rlra_implicit_apply(void *, const rlra_array *, const rlra_array *);\n'
                 'extern "Python+C" int rlra_implicit_apply_transposed(void *, const rlra_array *, const rlra_array *);\n')
    names = ["rlra/rlra.h", *(header.name for header in arguments.native)]
    builder.set_source("rlra._core", "".join(f'#include "{name}"\n' for name in names), py_limited_api=True)
    builder.emit_c_code(arguments.output)


if __name__ == "__main__":
    main()
