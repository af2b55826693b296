/* robust/null_calls.c: NULL in the place of each pointer of each public function ends no program. */
#include "robust/null_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void see_variable(void *user, const rlra_variable *variable)
{
    (void)user;
    (void)variable;
}

/* A matrix of 3 x 2, dense, sparse and in a file. */
static void make(fixture *f, const char *folder)
{
    static const double values[] = {1, 2, 3, 4, 5, 6};
    memset(f, 0, sizeof *f);
    f->dims[0] = 3;
    f->dims[1] = 2;
    for (int k = 0; k < 6; k++)
        f->numbers[k] = f->more_numbers[k] = values[k];
    rlra_context_create(NULL, &f->context);
    f->array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, f->dims, f->numbers);
    f->other = f->array;
    for (int k = 0; k < 6; k++) {
        f->starts_of_rows[k < 4 ? k : 3] = 2 * (k < 4 ? k : 3);
        f->places[k] = k % 2;
    }
    f->sparse = rlra_sparse_csr(RLRA_DTYPE_F64, 3, 2, f->starts_of_rows, f->places, f->numbers);
    f->options = rlra_options_default();
    f->options.rank = 1;
    f->options.threads = 1;
    f->options.max_sweeps = 2;
    rlra_problem_create(f->context, &f->problem);
    rlra_problem_add_dense(f->problem, &f->array, 1, NULL);
    rlra_model_create(f->context, RLRA_DTYPE_F64, 2, f->dims, 1, &f->model);
    rlra_nnls_plan_create(f->context, &f->array, NULL, NULL, &f->plan);
    f->separable = rlra_separable_options_default();
    snprintf(f->text, sizeof f->text, "%s/x.npy", folder);
    f->named = (rlra_named_array){"x", &f->array};
    rlra_file_write(f->context, f->text, 1, &f->named);
    rlra_dataset_read(f->context, f->text, NULL, &f->dataset);
    rlra_stream_open(f->context, f->text, NULL, &f->stream);
    rlra_file_open(f->context, f->text, NULL, &f->file);
    f->names[0] = "names";
    f->indices[0] = f->indices[1] = f->places;
    f->modes[1] = 1;
    f->checkpoint = (rlra_checkpoint){.folder = folder, .every = 1e9};
    f->page.title = "title";
    snprintf(f->room, sizeof f->room, "%s/out", folder);
    rlra_folder_open(f->context, f->room, f->names, &f->folder);
}

/* In a process of its own, as it may be the last that the process does. */
static int survives(const null_call *call, const char *folder)
{
    int code = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        static fixture f;
        signal(SIGSEGV, SIG_DFL); /* cmocka would go on with its own tests */
        signal(SIGABRT, SIG_DFL);
        alarm(60);
        make(&f, folder);
        call->call(&f);
        _exit(0);
    }
    return waitpid(child, &code, 0) == child && WIFEXITED(code) && WEXITSTATUS(code) == 0;
}

static void test_null_in_any_place_ends_no_program(void **state)
{
    char folder[] = "/tmp/rlra-null-XXXXXX", command[64];
    int dead = 0, all = 0;
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (const null_call *call = null_calls; call->text != NULL; call++, all++)
        if (!survives(call, folder)) {
            printf("died: %s\n", call->text);
            dead++;
        }
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    assert_true(all > 200);
    assert_int_equal(dead, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_in_any_place_ends_no_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
