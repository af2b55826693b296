/* core/memory.c: how much memory the process can still have.
 *
 * A system that overcommits refuses nothing and ends processes later; so memory is checked before it is allocated. Available is
 * what the process can have without harm: free memory, reclaimable caches, and swap space. */
#include "core/memory.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/print.h"

/* The available memory that the system reports is an estimate on the low side. */
#define GUESS_SLACK (1 / 32.0)

/* The system counts free memory within the process as used. */
#define HELD_FREE RLRA_MEMORY_ASKED

#define PATH_ROOM 1024
#define LIST_ROOM 512
#define FILE_ROOM 4096

/* The beginning of a file of the kernel; "" if there is none. */
static char *read_text(const char *path, char *text)
{
    size_t size = 0;
    ssize_t got = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && (got = read(fd, text + size, FILE_ROOM - 1 - size)) > 0)
        size += (size_t)got;
    if (fd >= 0)
        close(fd);
    text[size] = '\0';
    return text;
}

/* A number in a file of lines `KEY NUMBER`; of the whole file if `key` is ""; NAN if it is no number, such as "max". */
static double number_in(const char *path, const char *key)
{
    char text[FILE_ROOM];
    const size_t length = strlen(key);
    for (const char *line = read_text(path, text); line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        char *end = NULL;
        const unsigned long long value = strncmp(line, key, length) == 0 ? strtoull(line + length, &end, 10) : 0;
        if (end != NULL && end != line + length)
            return (double)value;
    }
    return NAN;
}

/* `first` if it is a number, else `second`. */
static double either(double first, double second)
{
    return isnan(first) ? second : first;
}

/* Names of the files of both versions of control groups. */
typedef struct group_files {
    const char *folder, *limit, *used, *inactive, *active, *swap_limit, *swap_used;
} group_files;

static const group_files versions[] = {
    {"/sys/fs/cgroup", "memory.max", "memory.current", "inactive_file ", "active_file ", "memory.swap.max",
     "memory.swap.current"},
    {"/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ",
     "total_active_file ", NULL, NULL},
};

static double group_number(const char *root, const group_files *names, const char *group, const char *file,
                           const char *key)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s%s%s/%s", root, names->folder, group, file);
    return number_in(path, key);
}

/* The memory that one group leaves, INFINITY without a limit. File caches count as free. */
static double left_in_group(const char *root, const group_files *names, const char *group, double swap)
{
    const double limit = group_number(root, names, group, names->limit, "");
    const double used = group_number(root, names, group, names->used, "");
    if (isnan(limit) || isnan(used))
        return INFINITY;
    const double cached = either(group_number(root, names, group, "memory.stat", names->inactive), 0) +
                          either(group_number(root, names, group, "memory.stat", names->active), 0);
    if (names->swap_limit != NULL) {
        const double most = either(group_number(root, names, group, names->swap_limit, ""), INFINITY);
        swap = fmin(swap, fmax(0, most - either(group_number(root, names, group, names->swap_used, ""), 0)));
    }
    return fmax(0, limit - used + fmin(cached, used)) + swap;
}

/* The least memory that a group and its parents leave. In a container the path may exist on the host only: then only the root
 * counts. */
static double left_in_groups(const char *root, const group_files *names, char *group, double swap)
{
    double left = INFINITY;
    for (;;) {
        left = fmin(left, left_in_group(root, names, group, swap));
        char *const slash = strrchr(group, '/');
        if (slash == NULL)
            return left;
        *slash = '\0';
    }
}

/* Lines of /proc/self/cgroup: 0::/path of version 2, 4:memory:/path of version 1. */
static double left_by_groups(const char *root, double swap)
{
    char path[PATH_ROOM], text[FILE_ROOM], *rest = NULL;
    double left = INFINITY;
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    for (char *line = strtok_r(read_text(path, text), "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char *const group = strchr(line, '/');
        if (group == NULL)
            continue;
        if (strncmp(line, "0::", 3) == 0)
            left = fmin(left, left_in_groups(root, &versions[0], group, swap));
        else if (strstr(line, ":memory:") != NULL && strstr(line, ":memory:") < group)
            left = fmin(left, left_in_groups(root, &versions[1], group, swap));
    }
    return left;
}

memory_left rlra_memory_of_system(const char *root)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    const double swap = 1024 * either(number_in(path, "SwapFree:"), 0);
    const double available = 1024 * number_in(path, "MemAvailable:"), all = 1024 * number_in(path, "MemTotal:");
    const double machine = isnan(available) || isnan(all) ? INFINITY : available + swap;
    const double groups = left_by_groups(root, swap);
    return groups < machine ? (memory_left){groups, 0, "within the limit of its control group"}
                            : (memory_left){machine, either(GUESS_SLACK * all, 0), "on this machine"};
}

/* The bytes that a limit of the process leaves. */
static double left_of_limit(int which, double used)
{
    struct rlimit limit;
    if (getrlimit(which, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return INFINITY;
    return fmax(0, (double)limit.rlim_cur - either(used, 0));
}

/* A number of bytes, or of units K, M, G, T of them, also written KB or KiB; 0 for other text. */
static double size_of(const char *text)
{
    static const char units[] = "KMGT";
    char *end = NULL;
    const unsigned long long number = text[0] == '-' ? 0 : strtoull(text, &end, 10);
    if (number == 0)
        return 0;
    const char *const unit = *end == '\0' ? NULL : strchr(units, *end);
    end += unit != NULL;
    if (unit != NULL && (strcmp(end, "B") == 0 || strcmp(end, "iB") == 0))
        end += strlen(end);
    return *end == '\0' ? ldexp((double)number, unit == NULL ? 0 : 10 * (int)(unit - units + 1)) : 0;
}

double rlra_memory_stated(void)
{
    const char *const text = getenv("RLRA_MEMORY");
    return text == NULL || text[0] == '\0' ? NAN : size_of(text);
}

memory_left rlra_memory_left(const rlra_context *context)
{
    const double reported = context == NULL ? rlra_memory_stated() : context->memory;
    if (!isnan(reported))
        return (memory_left){reported, 0,
                             reported > 0 ? "by RLRA_MEMORY" : "by RLRA_MEMORY, which must be a size such as 8G"};
    const double page = (double)sysconf(_SC_PAGESIZE);
    double pages[7] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    int count = 0;
    memory_left left = rlra_memory_of_system("");
    char text[FILE_ROOM];
    for (char *at = read_text("/proc/self/statm", text); *at != '\0' && count < 7; count++)
        pages[count] = (double)strtoull(at, &at, 10);
    const struct {
        double bytes;
        const char *where;
    } limits[] = {
        {left_of_limit(RLIMIT_AS, page * pages[0]), "within the limit of address space (ulimit -v)"},
        {left_of_limit(RLIMIT_DATA, page * pages[5]), "within the limit of data (ulimit -d)"},
    };
    for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++)
        if (limits[k].bytes < left.bytes)
            left = (memory_left){limits[k].bytes, HELD_FREE, limits[k].where};
    return left;
}

double rlra_context_memory(const rlra_context *context)
{
    const memory_left left = rlra_memory_left(context);
    return left.bytes + left.slack;
}

const char *rlra_bytes_text(double bytes, char *room)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int unit = 0;
    for (; bytes >= 1024 && unit < 6; unit++)
        bytes /= 1024;
    rlra_print(room, RLRA_BYTES_ROOM, unit == 0 ? "%.0f %s" : "%.3g %s", bytes, units[unit]);
    return room;
}

rlra_status rlra_memory_require(rlra_context *context, const char *what, int count, const memory_part *parts,
                                const char *remedy)
{
    double needed = 0, held = 0;
    for (int k = 0; k < count; k++) {
        needed += parts[k].bytes;
        held += parts[k].held ? parts[k].bytes : 0;
    }
    if (!rlra_memory_is_ours(context) || (isnan(context->memory) && needed - held < RLRA_MEMORY_ASKED))
        return RLRA_OK;
    const memory_left left = rlra_memory_left(context);
    if (needed - held <= left.bytes + left.slack)
        return RLRA_OK;
    char list[LIST_ROOM] = "", one[RLRA_BYTES_ROOM], two[RLRA_BYTES_ROOM];
    for (int k = 0; k < count; k++) {
        const size_t length = strlen(list);
        if (parts[k].bytes > 0)
            snprintf(list + length, sizeof list - length, "%s%s %s", length == 0 ? "" : ", ", parts[k].what,
                     rlra_bytes_text(parts[k].bytes, one));
    }
    return rlra_fail(context, RLRA_ERR_MEMORY, "out of memory: %s needs %s (%s), and there are %s %s: %s", what,
                     rlra_bytes_text(needed, one), list, rlra_bytes_text(left.bytes + held, two), left.where, remedy);
}
