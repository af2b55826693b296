#!/usr/bin/env python3
"""Write the types of what Python learns from the library when it is imported: keywords of functions, fields of reports.

usage: make_stubs.py MODULE FOLDER      (MODULE: the built _core; FOLDER: gets _keywords.pyi and _reports.pyi)
"""
import importlib.util
import keyword
import pathlib
import sys

REPORTS = {"Report": "rlra_report", "NNLSReport": "rlra_nnls_report"}


def load(path):
    spec = importlib.util.spec_from_file_location("rlra._core", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def python_name(name):
    return name + "_" if keyword.iskeyword(name) else name


def option_type(ffi, lib, option):
    if option.kind == lib.RLRA_OPTION_INT:
        return "SupportsIndex"
    if option.kind == lib.RLRA_OPTION_DOUBLE:
        return "float"
    choices = ffi.string(option.choices).decode().split()
    more = ["bool"] if choices == ["on", "off"] else []
    return " | ".join([f"Literal[{', '.join(map(repr, choices))}]", *more])


def keywords(core):
    """A TypedDict for each task."""
    ffi, lib = core.ffi, core.lib
    yield "from typing import Literal, SupportsIndex, TypedDict"
    option, task = ffi.new("rlra_option *"), 0
    while lib.rlra_task_at(task) != ffi.NULL:
        row = 0
        yield f"\nclass {ffi.string(lib.rlra_task_at(task).name).decode().capitalize()}Options(TypedDict, total=False):"
        while lib.rlra_task_option(lib.rlra_task_at(task), row, option):
            name = python_name(ffi.string(option.name).decode())
            if name not in ("rank", "init"):
                yield f"    {name}: {option_type(ffi, lib, option)}"
            row += 1
        task += 1


def field_type(field):
    if field.kind == "pointer" or field.kind == "enum":
        return "str"
    return "float" if field.cname == "double" else "int"


def reports(core):
    """A dataclass for each report."""
    yield "import dataclasses\nfrom typing import Any"
    for name, struct in REPORTS.items():
        yield f"\n@dataclasses.dataclass\nclass {name}:"
        for field, info in core.ffi.typeof(struct).fields:
            yield f"    {python_name(field)}: {field_type(info.type)}"
        yield "    @classmethod\n    def of(cls, c: Any) -> \"" + name + "\": ..."


def main(module, folder):
    core = load(module)
    for name, lines in {"_keywords": keywords(core), "_reports": reports(core)}.items():
        path = pathlib.Path(folder) / f"{name}.pyi"
        path.write_text(f"# {name}.pyi: made by tools/make_stubs.py from the tables of the library.\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
