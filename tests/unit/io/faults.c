/* unit/io/faults.c: every allocation fails in turn: a status, no leak, no temporary file. */
#include "support.h"

/* Fails the allocation that brings `left` to zero; counts what is not freed. */
typedef struct meter {
    int64_t left, live, failed;
} meter;

static void *allocate(void *user, size_t bytes)
{
    meter *const m = user;
    if (m->left-- == 0) {
        m->failed++;
        return NULL;
    }
    m->live++;
    return malloc(bytes);
}

static void release(void *user, void *memory)
{
    meter *const m = user;
    m->live--;
    free(memory);
}

typedef rlra_status (*action)(rlra_context *context, place *p, const char *name);

static rlra_status read_array(rlra_context *context, place *p, const char *name)
{
    rlra_dataset *dataset = NULL;
    (void)p;
    const rlra_status status = rlra_dataset_read(context, name, &(rlra_read_options){.dtype = RLRA_READ_F64}, &dataset);
    assert_true((dataset != NULL) == (status == RLRA_OK));
    rlra_dataset_destroy(dataset);
    return status;
}

static rlra_status read_words(rlra_context *context, place *p, const char *name)
{
    const rlra_read_options options = {.dtype = RLRA_READ_F64, .missing_words = 1};
    rlra_dataset *dataset = NULL;
    (void)p;
    const rlra_status status = rlra_dataset_read(context, name, &options, &dataset);
    assert_true((dataset != NULL) == (status == RLRA_OK));
    rlra_dataset_destroy(dataset);
    return status;
}

/* What is refused in the end for what it is, and before for want of memory. */
static rlra_status refuse_words(rlra_context *context, place *p, const char *name)
{
    const rlra_status status = read_words(context, p, name);
    return status == RLRA_ERR_FORMAT ? RLRA_OK : status;
}

static rlra_status read_text(rlra_context *context, place *p, const char *name)
{
    char *text = NULL;
    (void)p;
    const rlra_status status = rlra_text_read(context, name, &text);
    assert_true((text != NULL) == (status == RLRA_OK));
    rlra_text_free(context, text);
    return status;
}

static rlra_status write_array(rlra_context *context, place *p, const char *name)
{
    double memory[6] = {1, 2, 3, 4, 5, 6};
    const rlra_array array = rlra_array_contiguous(RLRA_DTYPE_F64, 2, SHAPE(2, 3), memory);
    return rlra_file_write(context, at(p, name), 1, &(rlra_named_array){"a", &array});
}

/* Until it succeeds: fail allocation 0, 1, 2, .. */
static void check_faults(place *p, action act, const char *name)
{
    for (int64_t fault = 0; fault < 1000; fault++) {
        meter m = {.left = INT64_MAX};
        const rlra_allocator allocator = {allocate, release, &m};
        rlra_context *context;
        assert_int_equal(rlra_context_create(&allocator, &context), RLRA_OK);
        m.left = fault;
        const rlra_status status = act(context, p, name);
        if (m.failed > 0 && status == RLRA_OK)
            fail_msg("%s: allocation %d failed without a word", name, (int)fault);
        if (status != RLRA_OK)
            assert_true(rlra_context_message(context)[0] != '\0');
        rlra_context_destroy(context);
        assert_int_equal(m.live, 0);
        const int files = empty_folder(p);
        assert_true(act != write_array || status == RLRA_OK || files == 0);
        if (m.failed == 0) {
            assert_int_equal(status, RLRA_OK);
            assert_true(fault >= (act == refuse_words ? 1 : 3));
            return;
        }
    }
    fail_msg("%s: allocations never end", name);
}

static void test_readers_survive_every_failed_allocation(void **state)
{
    static const char *const specs[] = {
        DATA("plain.npy"),
        DATA("fortran.npy"),
        DATA("types.npz:be_i2"),
        DATA("deflated.npz"),
        DATA("plain.mat:Y"),
        DATA("deflated.mat:X"),
        DATA("v73.mat:Y"),
        DATA("plain.h5:/x"),
        DATA("plain.h5:/group/bool"),
        DATA("cube_bil.hdr"),
        DATA("scaled.hdr"),
        DATA("cube_bsq.img"),
        DATA("table.csv"),
        DATA("sparse.mtx"),
        DATA("sparse.tns"),
        DATA("sparse_csr.npz"),
        DATA("sparse_bsr.npz"),
        DATA("parts_dia.npz"),
        DATA("parts_graph.npz:adj"),
        DATA("parts_hand.npz:Z"),
        DATA("pydata_coo.npz"),
        DATA("pydata_gcxs.npz"),
        DATA("groups.h5:/matrix"),
        DATA("groups.h5:/guessed"),
        DATA("structs73.mat:data.sub.S"),
        DATA("structs.mat:data.sub.S"),
        DATA("structs_deflated.mat:data.X"),
        DATA("dimensions.mat:u"),
        DATA("v4.mat:f8"),
        DATA("v4.mat:S"),
        DATA("octave.mat:T"),
        DATA("octave.mat:S"),
        DATA("octave.mat:D"),
        DATA("octave.mat:range"),
        DATA("octave.mat.gz:X"),
        DATA("plain.npy.gz"),
        DATA("structs73.mat.gz:S"),
    };
    for (size_t k = 0; k < sizeof specs / sizeof specs[0]; k++)
        check_faults(*state, read_array, specs[k]);
}

/* Names, places, what is left out: a table with all of them, read in each of the ways. */
static void test_tables_survive_every_failed_allocation(void **state)
{
    static const char *const tables[] = {"a heading\nn;a;b;\n\"s\"\"1\";1,5;2;\n# c\ns2;NA;3;\nend\n",
                                         ",400,410\n250,1,2\n", "1,n.d.\n3,4\n", "x\n", "1,2\n3,4\n\n5,6,7\n"};
    place *const p = *state;
    char path[sizeof p->path];
    for (size_t k = 0; k < sizeof tables / sizeof tables[0]; k++) {
        /* Outside of the folder that is emptied. */
        snprintf(path, sizeof path, "%s.csv", p->folder);
        put_file(path, tables[k], strlen(tables[k]));
        check_faults(p, k < 2 ? read_words : refuse_words, path);
        unlink(path);
    }
}

static void test_texts_survive_every_failed_allocation(void **state)
{
    static const char *const specs[] = {DATA("text.npy"),
                                        DATA("deflated.npz:names"),
                                        DATA("plain.mat:names"),
                                        DATA("deflated.mat:rows"),
                                        DATA("v73.mat:names"),
                                        DATA("v73.mat:title"),
                                        DATA("plain.h5:names"),
                                        DATA("plain.h5:fixed"),
                                        DATA("v4.mat:rows"),
                                        DATA("structs.mat:data.sub.names"),
                                        DATA("structs73.mat:data.note"),
                                        DATA("octave.mat:names"),
                                        DATA("octave.mat:name")};
    for (size_t k = 0; k < sizeof specs / sizeof specs[0]; k++)
        check_faults(*state, read_text, specs[k]);
}

/* What is written first, and then read; the file is made again each time. */
static rlra_status read_written(rlra_context *context, place *p, const char *text)
{
    static const char wide[] = "\xff\xfe";
    FILE *const file = fopen(at(p, "a.txt"), "wb");
    if (text[0] == 'w')
        fwrite(wide, 1, 2, file);
    for (const char *c = text[0] == 'w' ? text + 1 : text; *c != '\0'; c++) {
        fputc(*c, file);
        if (text[0] == 'w')
            fputc(0, file);
    }
    fclose(file);
    return read_array(context, p, p->path);
}

static void test_texts_of_other_kinds_survive_every_failed_allocation(void **state)
{
    static const char *const texts[] = {
        "tensor\n2\n2 2\n1\n2\n3\n4\n",
        "matrix\n2\n2 2\n1\n2\n3\n4\n",
        "sptensor\n2\n2 2\n1\n1 1 5\n",
        "w1,2\n3,4\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
        check_faults(*state, read_written, texts[k]);
}

static rlra_status read_whole(rlra_context *context, place *p, const char *name)
{
    char *text = NULL;
    (void)p;
    const rlra_status status = rlra_file_read_text(context, name, &text);
    assert_true((text != NULL) == (status == RLRA_OK));
    rlra_text_free(context, text);
    return status;
}

static void test_whole_texts_survive_every_failed_allocation(void **state)
{
    check_faults(*state, read_whole, DATA("table.csv.gz"));
}

static void test_writers_survive_every_failed_allocation(void **state)
{
    static const char *const names[] = {"a.npy", "a.npz", "a.mat", "a.h5", "a.hdr"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++)
        check_faults(*state, write_array, names[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_readers_survive_every_failed_allocation),
        WITH_PLACE(test_tables_survive_every_failed_allocation),
        WITH_PLACE(test_texts_survive_every_failed_allocation),
        WITH_PLACE(test_texts_of_other_kinds_survive_every_failed_allocation),
        WITH_PLACE(test_whole_texts_survive_every_failed_allocation),
        WITH_PLACE(test_writers_survive_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
