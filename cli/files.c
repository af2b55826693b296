/* cli/files.c: the files that a command reads and writes: no output is an input, or another output. */
#define _XOPEN_SOURCE 700 /* realpath() */

#include "files.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"
#include "text.h"

#define LINKS_MOST 40 /* as the system follows */

/* A file that is named, by what. */
typedef struct named_file {
    char *path;
    char *place;      /* absolute, links followed, whether there is such a file or not */
    const char *what; /* "the data", or an option */
    int is_flag;
    int is_image; /* one half of an image of ENVI */
    int exists;
    dev_t device;
    ino_t inode;
} named_file;

typedef struct file_list {
    int count, room;
    named_file *file;
} file_list;

static char *resolve(const char *path, int links);

/* Where a link leads, whatever is there. */
static char *follow(const char *folder, const char *link, int links)
{
    char target[PATH_MAX];
    const ssize_t length = links > LINKS_MOST ? -1 : readlink(link, target, sizeof target - 1);
    if (length <= 0)
        return cli_copy(link, strlen(link));
    target[length] = '\0';
    char *const joined = target[0] == '/' ? cli_format("%s", target) : cli_format("%s/%s", folder, target);
    char *const place = resolve(joined, links + 1);
    free(joined);
    return place;
}

/* realpath(), also of what does not exist, and below folders that do not. */
static char *resolve(const char *path, int links)
{
    struct stat about;
    char *const known = realpath(path, NULL);
    if (known != NULL || path[0] == '\0' || strcmp(path, "/") == 0)
        return known != NULL ? known : cli_copy(path, strlen(path));
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        --length;
    char *const trimmed = cli_copy(path, length), *const above = files_folder_of(trimmed);
    const char *const slash = strrchr(trimmed, '/'), *const name = slash == NULL ? trimmed : slash + 1;
    /* The folder of "a" is "."; "." always has a place. */
    char *const folder = resolve(above, links);
    char *place;
    if (strcmp(name, ".") == 0)
        place = cli_copy(folder, strlen(folder));
    else if (strcmp(name, "..") == 0)
        place = files_folder_of(folder);
    else
        place = cli_format("%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
    if (lstat(place, &about) == 0 && S_ISLNK(about.st_mode)) {
        char *const target = follow(folder, place, links);
        free(place);
        place = target;
    }
    free(trimmed);
    free(above);
    free(folder);
    return place;
}

static named_file *add(file_list *list, char *path, const char *what, int is_flag)
{
    struct stat about;
    if (list->count == list->room) {
        list->room = 2 * list->room + 16;
        list->file = cli_realloc(list->file, (size_t)list->room, sizeof *list->file);
    }
    named_file *const f = &list->file[list->count++];
    *f = (named_file){.path = path, .what = what, .is_flag = is_flag, .exists = stat(path, &about) == 0};
    f->place = resolve(path, 0);
    if (f->exists) {
        f->device = about.st_dev;
        f->inode = about.st_ino;
    }
    return f;
}

static void clear(file_list *list)
{
    for (int i = 0; i < list->count; ++i) {
        free(list->file[i].path);
        free(list->file[i].place);
    }
    free(list->file);
}

/* A file, and the other half of an image of ENVI. */
static void add_input(const request *asked, file_list *inputs, const char *spec, const char *what, int is_flag)
{
    char *other = NULL, *const path = cli_copy(spec, input_path_length(spec));
    named_file *const f = add(inputs, path, what, is_flag);
    if (rlra_file_beside(asked->context, path, &other) != RLRA_OK || other == NULL)
        return;
    f->is_image = 1;
    add(inputs, cli_copy(other, strlen(other)), what, is_flag)->is_image = 1;
    rlra_text_free(asked->context, other);
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
    for (int s = 0; asked->checkpoint != NULL && s < starts; ++s) {
        add(outputs, cli_format("%s/start-%d.checkpoint", asked->checkpoint, s), "checkpoint", 1);
        add(outputs, cli_format("%s/start-%d.previous", asked->checkpoint, s), "checkpoint", 1);
        if (starts == 1)
            continue;
        add(outputs, cli_format("%s/start-%d.checkpoint", asked->checkpoint, s + RLRA_STARTS_MOST), "checkpoint", 1);
        add(outputs, cli_format("%s/start-%d.previous", asked->checkpoint, s + RLRA_STARTS_MOST), "checkpoint", 1);
    }
    if (asked->checkpoint != NULL)
        add(outputs, cli_format("%s/lock", asked->checkpoint), "checkpoint", 1);
}

static int same(const named_file *a, const named_file *b)
{
    if (a->exists && b->exists)
        return a->device == b->device && a->inode == b->inode;
    return !a->exists && !b->exists && strcmp(a->place, b->place) == 0;
}

/* Whether an output would be taken for the header of an image that is read: "a.hdr" and "a.img.hdr" are those of "a.img". */
static int is_header_of(const named_file *output, const named_file *image)
{
    const size_t length = strlen(output->place), stem = length < 4 ? 0 : length - 4, whole = strlen(image->place);
    const char *const ending = image->place + stem;
    return image->is_image && stem > 0 && strcasecmp(output->place + stem, ".hdr") == 0 && whole >= stem &&
           strncasecmp(output->place, image->place, stem) == 0 &&
           (*ending == '\0' || (*ending == '.' && strpbrk(ending + 1, "./") == NULL));
}

static int refuse_header(const named_file *output, const named_file *image)
{
    return run_error("--%s would make %s the header of %s, which is %s%s of this command: choose another place",
                     output->what, output->path, image->path, image->is_flag ? "--" : "", image->what);
}

static int refuse_input(const named_file *output, const named_file *input)
{
    return run_error("--%s would overwrite %s, which is %s%s of this command: choose another place", output->what,
                     output->path, input->is_flag ? "--" : "", input->what);
}

static int check_inputs(const named_file *output, const file_list *inputs)
{
    for (int i = 0; output->exists && i < inputs->count; ++i)
        if (same(output, &inputs->file[i]))
            return refuse_input(output, &inputs->file[i]);
    for (int i = 0; i < inputs->count; ++i)
        if (is_header_of(output, &inputs->file[i]))
            return refuse_header(output, &inputs->file[i]);
    return EXIT_OK;
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
    file_list inputs = {0}, outputs = {0};
    int code = EXIT_OK;
    list_inputs(asked, &inputs);
    list_outputs(asked, folder, file, &outputs);
    for (int o = 0; code == EXIT_OK && o < outputs.count; ++o) {
        const named_file *const output = &outputs.file[o];
        code = check_inputs(output, &inputs);
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
