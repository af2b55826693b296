/* cli/main.c: the command-line tool: find the command, read its arguments, run it. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "patience.h"
#include "request.h"
#include "signals.h"
#include "text.h"

static int unknown_command(const char *name)
{
    nearest near = nearest_start(name);
    for (int i = 0; command_at(i) != NULL; ++i)
        nearest_offer(&near, command_at(i)->name);
    if (near.found != NULL)
        return usage_error(NULL, "there is no command '%s', did you mean %s?", name, near.found);
    return usage_error(NULL, "there is no command '%s'", name);
}

/* Memory of cJSON, which leaves out what there is no memory for. */
static void *allocate(size_t size)
{
    return cli_alloc(size, 1);
}

static int run_command(const command *about, int argc, char *argv[])
{
    wait_asleep(argv);
    cJSON_InitHooks(&(cJSON_Hooks){allocate, free});
    request asked = {.about = about, .argc = argc, .argv = argv};
    if (rlra_context_create(NULL, &asked.context) != RLRA_OK)
        return run_error("%s", rlra_status_text(RLRA_ERR_MEMORY));
    int code = request_read(&asked, 2);
    if (code == EXIT_OK && asked.help)
        print_help(about);
    else if (code == EXIT_OK)
        code = about->run(&asked);
    free(asked.data);
    rlra_context_destroy(asked.context);
    return code == EXIT_PLANNED ? EXIT_OK : code;
}

/* What was printed must have arrived: a full disk behind a redirection is a failure. */
static int flush_output(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    return code != EXIT_OK ? code : run_error("the standard output could not be written");
}

/* What commands need in the worst case, with room for arguments and environment, which lie there too. */
#define LEAST_STACK 65536

/* Said without stdio, which takes 8 kB of it. */
static int check_stack(void)
{
    static const char sentence[] = "rlra: the stack is limited to less than 64 kB, which are needed (ulimit -s 64)\n";
    struct rlimit stack;
    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur >= LEAST_STACK)
        return EXIT_OK;
    (void)!write(STDERR_FILENO, sentence, sizeof sentence - 1);
    return EXIT_RUN;
}

int main(int argc, char *argv[])
{
    signals_prepare();
    if (check_stack() != EXIT_OK)
        return EXIT_RUN;
    const char *const first = argc > 1 ? argv[1] : "--help";
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        print_overview();
        return flush_output(argc > 1 ? EXIT_OK : EXIT_USAGE);
    }
    char sentence[256];
    if (rlra_kernels_check(sentence, sizeof sentence) != RLRA_OK)
        return run_error("%s", sentence);
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0) {
        print_version();
        return flush_output(EXIT_OK);
    }
    const command *const about = command_find(first);
    return flush_output(about == NULL ? unknown_command(first) : run_command(about, argc, argv));
}
