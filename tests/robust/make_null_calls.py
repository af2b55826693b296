"""Write a C program that hands to each public function what it must refuse, the other arguments being good: NULL in the place of each
pointer, unknown enumerators as arguments and in structs, shapes that overflow, negative numbers.

usage: make_null_calls.py INCLUDE_FOLDER OUTPUT
"""
import pathlib
import re
import sys

# A good argument for each type; what is made anew for each call stands in `fixture` of robust/null_calls.h.
GOOD = {
    "rlra_context *": "f->context", "const rlra_context *": "f->context", "rlra_problem *": "f->problem",
    "const rlra_problem *": "f->problem", "rlra_model *": "f->model", "const rlra_model *": "f->model",
    "const rlra_array *": "&f->array", "rlra_array *": "&f->other", "const rlra_sparse *": "&f->sparse",
    "const rlra_products *": "&f->products",
    "const rlra_options *": "&f->options", "rlra_options *": "&f->options", "rlra_report *": "&f->report", "const rlra_report *": "&f->report",
    "rlra_option *": "&f->option", "const rlra_option *": "&f->option", "const rlra_task *": "rlra_task_at(0)",
    "rlra_nnls_plan *": "f->plan", "const rlra_nnls_plan *": "f->plan", "rlra_nnls_report *": "&f->nnls",
    "const rlra_nnls_columns *": "&f->columns", "rlra_folder *": "f->folder", "const rlra_folder *": "f->folder",
    "rlra_dataset *": "f->dataset", "const rlra_dataset *": "f->dataset", "rlra_stream *": "f->stream",
    "const rlra_stream *": "f->stream", "rlra_file *": "f->file", "const rlra_file *": "f->file",
    "rlra_variable *": "&f->variable", "const rlra_read_options *": "&f->reading", "const rlra_page *": "&f->page",
    "rlra_match *": "&f->match", "rlra_plan *": "&f->fit_plan", "const rlra_plan *": "&f->fit_plan",
    "rlra_array_summary *": "&f->summary",
    "rlra_sparse_summary *": "&f->sparse_summary", "const rlra_checkpoint *": "&f->checkpoint",
    "rlra_checkpoint_report *": "&f->kept", "rlra_start *": "f->starts", "rlra_starts_report *": "&f->series",
    "rlra_batch_fit *": "f->batch", "rlra_batch_report *": "&f->whole",
    "const rlra_separable_options *": "&f->separable", "rlra_separable_report *": "&f->picked",
    "rlra_topic_word *": "f->words", "const rlra_topic_word *": "f->words", "rlra_topic_quality *": "f->quality",
    "rlra_unmix_survey *": "&f->survey", "const rlra_allocator *": "NULL", "const rlra_named_array *": "&f->named",
    "const char *": "f->text", "char *": "f->room", "void *": "f->numbers", "const void *": "f->numbers",
    "double *": "f->numbers", "const double *": "f->numbers", "int64_t *": "f->integers",
    "const int64_t *": "f->dims", "const int *": "f->modes", "uint64_t *": "&f->hash",
    "unsigned char *": "f->bytes", "const char *const *": "f->names", "const int64_t *const *": "f->indices",
    "rlra_context **": "&f->made.context", "rlra_problem **": "&f->made.problem", "rlra_model **": "&f->made.model",
    "rlra_dataset **": "&f->made.dataset", "rlra_stream **": "&f->made.stream", "rlra_folder **": "&f->made.folder",
    "rlra_file **": "&f->made.file",
    "rlra_nnls_plan **": "&f->made.plan", "char **": "&f->made.text",
    "rlra_progress_callback": "NULL", "rlra_variable_callback": "see_variable",
    "int": "1", "int64_t": "2", "double": "0.5", "size_t": "8", "rlra_dtype": "RLRA_DTYPE_F64",
    "rlra_missing": "RLRA_MISSING_NONE", "rlra_stop": "RLRA_STOP_SWEEPS", "rlra_status": "RLRA_OK",
}
# What no array may be, as statements on a copy `bad`.
FAR = "INT64_C(1) << 40"
NO_ARRAY = {
    f"{FAR} x {FAR}": f"bad = rlra_array_contiguous(bad.dtype, 2, (const int64_t[]){{{FAR}, {FAR}}}, bad.data);",
    "2^31 x 2^31 of stride 0": "bad.dims[0] = bad.dims[1] = INT64_C(1) << 31; bad.strides[0] = bad.strides[1] = 0;",
    "a stride of half of all": "bad.strides[0] = INT64_MAX / 2;", "the least stride": "bad.strides[1] = INT64_MIN;",
    "a stride of bytes beyond all": "bad.strides[0] = INT64_MAX / 8;",
    "a negative length": "bad.dims[0] = -3;", "order 0": "bad.order = 0;", "order 9": "bad.order = 9;",
    "order -1": "bad.order = -1;",
}
NO_SPARSE = {
    "a length of all": "bad.dims[0] = INT64_MAX;", "a count of all": "bad.count = INT64_MAX;",
    "a negative count": "bad.count = -1;", "a negative length": "bad.dims[1] = -2;", "order 1": "bad.order = 1;",
    "order 9": "bad.order = 9;", "an unknown side": "bad.compressed = 77;", "side -2": "bad.compressed = -2;",
}
NO_SHAPE = {"rlra_array": NO_ARRAY, "rlra_sparse": NO_SPARSE}
# Arrays within others that are passed: how to have `bad` in its place.
WITHIN = {"const rlra_named_array *": ("rlra_array", "f->array", "rlra_named_array named = {\"x\", &bad};", "&named")}
NO_NUMBER = {"int": ["-1", "INT_MIN"], "int64_t": ["-1", "INT64_MIN"], "double": ["NAN", "-1", "INFINITY"]}
# These read an entry at indices that the caller has checked.
UNCHECKED = {"rlra_array_get"}

NAME = re.compile(r"RLRA_API\s+([^;()]*?)(\w+)\(([^;]*?)\);", re.S)
ENUM = re.compile(r"typedef enum (\w+)")
STRUCT = re.compile(r"typedef struct \w+ \{([^}]*)\} (\w+);")


def headers(folder):
    for path in sorted(pathlib.Path(folder, "rlra").glob("*.h")):
        yield re.sub(r"/\*.*?\*/|//[^\n]*|^\s*#[^\n]*", " ", path.read_text(), flags=re.S | re.M)


def functions(text):
    """Name, type of the result, and types of the arguments of each function."""
    for result, name, parameters in NAME.findall(text):
        kinds = []
        for parameter in parameters.split(","):
            parameter = " ".join(parameter.split())
            if parameter != "void":
                kinds.append(re.sub(r"\s*\w+$", "", parameter) if "*" not in parameter else
                             re.sub(r"(\*)\s*\w+$", r"\1", parameter))
        yield name, result.strip(), kinds


def enum_fields(text):
    """The fields of each struct that are enumerators."""
    enums = set(ENUM.findall(text))
    return enums, {name: [(kind, field) for kind, field in re.findall(r"(\w+) (\w+);", body) if kind in enums]
                   for body, name in STRUCT.findall(text)}


class Calls:
    def __init__(self):
        self.made = []

    def add(self, function, changed, what="", before="", refuses=False):
        """A call with some arguments changed; `refuses`: a status must report it."""
        name, result, kinds = function
        arguments = ", ".join(changed.get(k, GOOD[kind]) for k, kind in enumerate(kinds))
        call = f"{name}({arguments});"
        call = f"return (int){call}" if result == "rlra_status" else f"(void){call}\n    return 0;"
        text = f"{name}({arguments})" + (f" with {what}" if what else "")
        self.made.append((text, f"{before}\n    {call}" if before else call, refuses and result == "rlra_status"))

    def nulls(self, function):
        pointers = [k for k, kind in enumerate(function[2]) if "*" in kind]
        for missing in [{k} for k in pointers] + [set(pointers)] * (len(pointers) > 1):
            self.add(function, dict.fromkeys(missing, "NULL"))

    def enumerators(self, function, enums, fields):
        for k, kind in enumerate(function[2]):
            for value in ("77", "-1"):
                if kind in enums:
                    self.add(function, {k: f"({kind}){value}"}, refuses=True)
            self.copies(function, k, kind, {
                f"{field} {value}": f"bad.{field} = ({of}){value};"
                for of, field in fields.get(struct_of(kind), []) for value in ("77", "-1")})

    def shapes(self, function):
        if function[0] in UNCHECKED:
            return
        for k, kind in enumerate(function[2]):
            self.copies(function, k, kind, NO_SHAPE.get(struct_of(kind), {}))
            if kind in WITHIN:
                struct, good, more, argument = WITHIN[kind]
                for what, change in NO_SHAPE[struct].items():
                    self.add(function, {k: argument}, what, f"{struct} bad = {good};\n    {change}\n    {more}", True)
            for value in NO_NUMBER.get(kind, []):
                self.add(function, {k: value})
            if kind == "const int *":
                for value in ("77", "-1"):
                    self.add(function, {k: f"(const int[8]){{0, {value}}}"}, refuses=True)
            if kind == "const int64_t *" and function[0] == "rlra_model_create":
                for value in (FAR, "INT64_MAX", "-1", "0"):
                    self.add(function, {k: f"(const int64_t[8]){{{value}, {value}}}"}, refuses=True)

    def copies(self, function, k, kind, changes):
        """Pass a changed copy of what is only read."""
        struct = struct_of(kind)
        for what, change in changes.items():
            self.add(function, {k: "&bad"}, what, f"{struct} bad = *({GOOD[kind]});\n    {change}", True)


def struct_of(kind):
    found = re.fullmatch(r"const (\w+) \*", kind)
    return found.group(1) if found else None


def main(folder, output):
    text = "\n".join(headers(folder))
    enums, fields = enum_fields(text)
    calls = Calls()
    for function in functions(text):
        unknown = [kind for kind in function[2] if kind not in GOOD]
        if unknown:
            sys.exit(f"make_null_calls.py: no good argument for {unknown[0]!r} of {function[0]}")
        calls.nulls(function)
        calls.enumerators(function, enums, fields)
        calls.shapes(function)
    lines = ["/* Made by robust/make_null_calls.py. */", '#include "robust/null_calls.h"', ""]
    for k, (_, call, _) in enumerate(calls.made):
        lines += [f"static int call_{k}(fixture *f)", "{", "    (void)f;", f"    {call}", "}", ""]
    lines.append("const null_call null_calls[] = {")
    for k, (text, _, refuses) in enumerate(calls.made):
        quoted = text.replace("\"", "\\\"")
        lines.append(f'    {{"{quoted}", call_{k}, {int(refuses)}}},')
    lines += ["    {NULL, NULL, 0},", "};"]
    pathlib.Path(output).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
