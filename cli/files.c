/* cli/files.c: the files that a command reads and writes: no output is an input, or another output. */
#include "files.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run.h"
#include "text.h"

#define FILES_MOST 128

/* A file that is named, by what. */
typedef struct named_file {
    char *path;
    const char *what; /* "the data", or an option */
    int is_flag;
    int exists;
    dev_t device;
    ino_t inode;
} named_file;

typedef struct file_list {
    int count;
    named_file file[FILES_MOST];
} file_list;

static void add(file_list *list, char *path, const char *what, int is_flag)
{
    struct stat about;
    if (list->count == FILES_MOST) {
        free(path);
        return;
    }
    named_file *const f = &list->file[list->count++];
    *f = (named_file){.path = path, .what = what, .is_flag = is_flag, .exists = stat(path, &about) == 0};
    if (f->exists) {
        f->device = about.st_dev;
        f->inode = about.st_ino;
    }
}

static void clear(file_list *list)
{
    for (int i = 0; i < list->count; ++i)
        free(list->file[i].path);
}

/* A file that is read, and the one that is read with it. */
static void add_input(const request *asked, file_list *inputs, const char *spec, const char *what, int is_flag)
{
    char *const path = cli_copy(spec, input_path_length(spec)), *beside = NULL;
    (void)rlra_file_beside(asked->context, path, &beside);
    if (beside != NULL)
        add(inputs, cli_copy(beside, strlen(beside)), what, is_flag);
    rlra_text_free(asked->context, beside);
    add(inputs, path, what, is_flag);
}

/* Positional files, and what options name; a word that is no file is a name of something else. */
static void list_inputs(const request *asked, file_list *inputs)
{
    for (int i = 0; i < asked->data_count; ++i)
        add_input(asked, inputs, asked->data[i], "the data", 0);
    for (int i = 0; flag_at(i) != NULL; ++i) {
        const flag *const f = flag_at(i);
        if (f->kind != FLAG_INPUT || !command_takes_flag(asked->about, f))
            continue;
        const char *const value = *(const char *const *)((const char *)asked + f->offset);
        if (value != NULL)
            add_input(asked, inputs, value, f->name, 1);
    }
    if (asked->init_file != NULL)
        add_input(asked, inputs, asked->init_file, "init", 1);
}

/* The entries of an ENVI image stand beside its header. */
static void add_file(file_list *outputs, const char *path, const char *what)
{
    const size_t length = strlen(path);
    add(outputs, cli_copy(path, length), what, 1);
    if (length > 4 && strcmp(path + length - 4, ".hdr") == 0)
        add(outputs, cli_format("%.*s.bsq", (int)length - 4, path), what, 1);
}

static void list_outputs(const request *asked, const char *folder, const char *file, file_list *outputs)
{
    const int starts = asked->starts > 1.0 ? (int)asked->starts : 1;
    for (int i = 0; folder != NULL && output_names[i] != NULL; ++i)
        add(outputs, cli_format("%s/%s", folder, output_names[i]), "out", 1);
    if (file != NULL)
        add_file(outputs, file, "out");
    if (asked->report != NULL)
        add_file(outputs, asked->report, "report");
    if (asked->log != NULL)
        add_file(outputs, asked->log, "log");
    for (int s = 0; asked->checkpoint != NULL && s < starts && s < 16; ++s) {
        add(outputs, cli_format("%s/start-%d.checkpoint", asked->checkpoint, s), "checkpoint", 1);
        add(outputs, cli_format("%s/start-%d.previous", asked->checkpoint, s), "checkpoint", 1);
    }
    if (asked->checkpoint != NULL)
        add(outputs, cli_format("%s/lock", asked->checkpoint), "checkpoint", 1);
}

static int same(const named_file *a, const named_file *b)
{
    if (a->exists && b->exists)
        return a->device == b->device && a->inode == b->inode;
    return !a->exists && !b->exists && strcmp(a->path, b->path) == 0;
}

static int refuse_input(const named_file *output, const named_file *input)
{
    return run_error("--%s would overwrite %s, which is %s%s of this command: choose another place", output->what,
                     output->path, input->is_flag ? "--" : "", input->what);
}

/* Devices such as /dev/null and terminals lose nothing. */
static int is_device(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && !S_ISREG(about.st_mode);
}

char *files_folder_of(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash == NULL ? cli_format(".") : cli_copy(path, slash == path ? 1 : (size_t)(slash - path));
}

int files_check(const request *asked, const char *folder, const char *file)
{
    static file_list inputs, outputs;
    int code = EXIT_OK;
    inputs.count = outputs.count = 0;
    list_inputs(asked, &inputs);
    list_outputs(asked, folder, file, &outputs);
    for (int o = 0; code == EXIT_OK && o < outputs.count; ++o) {
        const named_file *const output = &outputs.file[o];
        for (int i = 0; code == EXIT_OK && i < inputs.count; ++i)
            if (output->exists && same(output, &inputs.file[i]))
                code = refuse_input(output, &inputs.file[i]);
        for (int p = 0; code == EXIT_OK && p < o; ++p)
            if (strcmp(output->what, outputs.file[p].what) != 0 && same(output, &outputs.file[p]) &&
                !is_device(output->path))
                code = run_error("--%s and --%s would both write %s: choose another place", outputs.file[p].what,
                                 output->what, output->path);
    }
    clear(&inputs);
    clear(&outputs);
    return code;
}
