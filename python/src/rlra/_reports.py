"""Reports of the library as dataclasses, with the fields that its structs have; _reports.pyi has their types."""
import dataclasses
import operator

from rlra._core import ffi, lib
from rlra._library import python_name, text

_STOPS = {stop: text(lib.rlra_stop_word(stop)) for stop in ffi.typeof("rlra_stop").elements}


def _changes(struct):
    """Which fields of a C struct are to be changed, and how: reasons to stop and strings."""
    for place, (_, field) in enumerate(ffi.typeof(struct).fields):
        if field.type is ffi.typeof("rlra_stop"):
            yield place, _STOPS.get
        elif field.type.kind == "pointer":
            yield place, text
        elif field.type.kind == "array":
            yield place, changes_of_rules


def changes_of_rules(rows):
    """What the array `change` lists, as dicts."""
    return [{"update": text(row.update), "sweep": row.sweep, "number": row.number} for row in rows
            if row.update != ffi.NULL]


def report_class(name, struct, doc):
    """A dataclass with the fields of a report of the library, and `of(c)` to make one."""
    fields = [field for field, _ in ffi.typeof(struct).fields]
    changes, read = list(_changes(struct)), operator.attrgetter(*fields)

    def of(cls, c):
        values = list(read(c))
        for place, change in changes:
            values[place] = change(values[place])
        return cls(*values)

    made = dataclasses.make_dataclass(name, map(python_name, fields), namespace={"of": classmethod(of)})
    made.__doc__, made.__module__ = doc, __name__
    return made


Report = report_class("Report", "rlra_report", "The certificate of a fit, recomputed from the data and the factors.")
NNLSReport = report_class("NNLSReport", "rlra_nnls_report", "The certificate of a regression, over all columns.")
