/* robust/null_calls.c: NULL, unknown enumerators and shapes that overflow end no program, and are refused. */
#include "robust/null_calls.h"

#include "support/folder.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit code of a child whose call should have been refused. */
#define TAKEN 9

void see_variable(void *user, const rlra_variable *variable)
{
    (void)user;
    (void)variable;
}

/* Any product with a matrix of ones. */
static int multiply(void *user, const rlra_array *in, const rlra_array *out)
{
    (void)user;
    for (int64_t k = 0; k < out->dims[1]; k++)
        for (int64_t i = 0; i < out->dims[0]; i++) {
            double *const to = (double *)out->data + i * out->strides[0] + k * out->strides[1];
            *to = 0;
            for (int64_t j = 0; j < in->dims[0]; j++)
                *to += ((const double *)in->data)[j * in->strides[0] + k * in->strides[1]];
        }
    return 0;
}

/* A matrix of 3 x 2, dense, sparse and in a file. */
static void make(fixture *f, const char *place)
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
    f->products = (rlra_products){RLRA_DTYPE_F64, 3, 2, 6, 1, 0, NULL, multiply, multiply};
    f->sparse = rlra_sparse_csr(RLRA_DTYPE_F64, 3, 2, f->starts_of_rows, f->places, f->numbers);
    f->options = rlra_options_default();
    f->options.rank = 1;
    f->options.threads = 1;
    f->options.max_sweeps = 2;
    rlra_problem_create(f->context, &f->problem);
    rlra_problem_add_dense(f->problem, &f->array, 1, NULL);
    rlra_model_create(f->context, RLRA_DTYPE_F64, 2, f->dims, 1, &f->model);
    for (int k = 0; k < 2; k++) {
        f->batch[k] = (rlra_batch_fit){.problem = f->problem, .options = &f->options, .model = f->model};
        rlra_model_create(f->context, RLRA_DTYPE_F64, 2, f->dims, 1, &f->batch[k].model);
    }
    rlra_nnls_plan_create(f->context, &f->array, NULL, NULL, &f->plan);
    f->separable = rlra_separable_options_default();
    snprintf(f->text, sizeof f->text, "%s/x.npy", place);
    f->named = (rlra_named_array){"x", &f->array};
    rlra_file_write(f->context, f->text, 1, &f->named);
    rlra_dataset_read(f->context, f->text, NULL, &f->dataset);
    rlra_stream_open(f->context, f->text, NULL, &f->stream);
    rlra_file_open(f->context, f->text, NULL, &f->file);
    f->names[0] = "names";
    f->indices[0] = f->indices[1] = f->places;
    f->modes[1] = 1;
    f->checkpoint = (rlra_checkpoint){.folder = place, .every = 1e9};
    f->page.title = "title";
    snprintf(f->room, sizeof f->room, "%s/out", place);
    rlra_folder_open(f->context, f->room, f->names, &f->folder);
}

/* In a process of its own, as it may be the last that the process does: NULL, or what is wrong. */
static const char *fault_of(const null_call *call, const char *place)
{
    int code = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        static fixture f;
        signal(SIGSEGV, SIG_DFL); /* cmocka would continue with its own tests */
        signal(SIGABRT, SIG_DFL);
        const struct rlimit little = {1 << 24, 1 << 24};
        setrlimit(RLIMIT_FSIZE, &little); /* a shape that is taken must not fill the disk */
        alarm(10);
        make(&f, place);
        const int status = call->call(&f);
        _exit(call->refuses && status == RLRA_OK ? TAKEN : 0);
    }
    if (waitpid(child, &code, 0) != child || !WIFEXITED(code))
        return "died";
    return WEXITSTATUS(code) == 0 ? NULL : WEXITSTATUS(code) == TAKEN ? "taken" : "ended";
}

static void test_what_is_wrong_in_any_place_ends_no_program_and_is_refused(void **state)
{
    const folder home = make_folder();

    char command[128];
    int dead = 0, all = 0;
    (void)state;
    for (const null_call *call = null_calls; call->text != NULL; call++, all++) {
        const char *const fault = fault_of(call, home.name);
        if (fault != NULL) {
            printf("%s: %s\n", fault, call->text);
            dead++;
        }
    }
    printf("%d calls, %d faults\n", all, dead);
    snprintf(command, sizeof command, "rm -r %s", home.name);
    assert_int_equal(system(command), 0);
    assert_true(all > 600);
    assert_int_equal(dead, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wrong_in_any_place_ends_no_program_and_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
