"""Write a C program that hands NULL to each pointer of each public function, the other arguments being good.

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
    "const rlra_options *": "&f->options", "rlra_options *": "&f->options", "rlra_report *": "&f->report",
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
# Functions that are handed what they destroy, or nothing at all.
NAME = re.compile(r"RLRA_API\s+([^;()]*?)(\w+)\(([^;]*?)\);", re.S)


def functions(folder):
    for path in sorted(pathlib.Path(folder, "rlra").glob("*.h")):
        text = re.sub(r"/\*.*?\*/|//[^\n]*|^\s*#[^\n]*", " ", path.read_text(), flags=re.S | re.M)
        for _, name, parameters in NAME.findall(text):
            kinds = []
            for parameter in parameters.split(","):
                parameter = " ".join(parameter.split())
                if parameter != "void":
                    kinds.append(re.sub(r"\s*\w+$", "", parameter) if "*" not in parameter else
                                 re.sub(r"(\*)\s*\w+$", r"\1", parameter))
            yield name, kinds


def main(folder, output):
    calls = []
    for name, kinds in functions(folder):
        unknown = [kind for kind in kinds if kind not in GOOD]
        if unknown:
            sys.exit(f"make_null_calls.py: no good argument for {unknown[0]!r} of {name}")
        pointers = [k for k, kind in enumerate(kinds) if "*" in kind]
        for missing in [{k} for k in pointers] + [set(pointers)] * (len(pointers) > 1):
            arguments = ", ".join("NULL" if k in missing else GOOD[kind] for k, kind in enumerate(kinds))
            calls.append((f"{name}({arguments})", f"(void){name}({arguments});"))
    lines = ["/* Made by robust/make_null_calls.py. */", '#include "robust/null_calls.h"', ""]
    for k, (_, call) in enumerate(calls):
        lines += [f"static void call_{k}(fixture *f)", "{", "    (void)f;", f"    {call}", "}", ""]
    lines.append("const null_call null_calls[] = {")
    lines += [f'    {{"{text}", call_{k}}},' for k, (text, _) in enumerate(calls)]
    lines += ["    {NULL, NULL},", "};"]
    pathlib.Path(output).write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
