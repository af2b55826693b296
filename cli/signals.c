/* cli/signals.c: signals that stop a fit, signals that are errors of a file, and closed standard descriptors. */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* They ask the program to end: Ctrl-C, kill, a terminal that was closed, a limit of processor time. */
static const int stopping[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};

/* The call that met them fails instead, with EPIPE and EFBIG. */
static const int of_files[] = {SIGPIPE, SIGXFSZ};

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* The context whose fit a signal stops; a handler can be given nothing. */
static rlra_context *volatile interruptible;

static void stop_after_sweep(int number)
{
    (void)number;
    if (interruptible != NULL)
        rlra_context_interrupt(interruptible);
}

static void set(int number, void (*handler)(int), int flags)
{
    struct sigaction action, before;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    /* A program that nohup started stays deaf to its terminal's end. */
    if (number != SIGHUP || (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN))
        sigaction(number, &action, NULL);
}

/* The handler is forgotten when it has run: a second Ctrl-C ends the program at once. */
void signals_catch(rlra_context *context)
{
    interruptible = context;
    for (size_t k = 0; k < COUNT(stopping); ++k)
        set(stopping[k], context == NULL ? SIG_DFL : stop_after_sweep, (int)SA_RESETHAND);
}

void signals_prepare(void)
{
    for (size_t k = 0; k < COUNT(of_files); ++k)
        set(of_files[k], SIG_IGN, 0);
    /* The wrong way round, so that what is written there fails as it would without a descriptor. */
    static const int ways[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        const int opened = open("/dev/null", ways[fd]);
        if (opened >= 0 && opened != fd)
            close(opened);
    }
}
