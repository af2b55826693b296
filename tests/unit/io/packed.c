/* unit/io/packed.c: files packed by gzip and text in UTF-16 and UTF-32 are read as what is in them. */
#include "unit/io/matrices.h"

#include <sys/statvfs.h>
#include <zlib.h>

/* Bytes that are free wherever somebody asks; 0: as it is. */
static uint64_t free_bytes;

/* In the place of that of the C library. */
int fstatvfs(int fd, struct statvfs *disk);
int fstatvfs(int fd, struct statvfs *disk)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const int answer = statvfs(path, disk);
    if (free_bytes > 0)
        disk->f_bavail = free_bytes / disk->f_frsize;
    return answer;
}

/* Pack bytes by gzip. */
static const char *put_packed(place *p, const char *name, const void *bytes, size_t size)
{
    gzFile file = gzopen(at(p, name), "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(file), Z_OK);
    return p->path;
}

static void test_packed_files_of_every_format_are_read(void **state)
{
    place *const p = *state;
    check_values(p, DATA("plain.npy.gz"), "float64", 2, SHAPE(3, 4));
    check_sample(p, DATA("sparse.mtx.gz"), "sparse real", 1);
    check_sample(p, DATA("sparse.tns.gz"), "sparse real", 1);
    check_values(p, DATA("structs.mat.gz:data.X"), "int16", 2, SHAPE(3, 4));
    check_values(p, DATA("structs73.mat.gz:data.X"), "int16", 2, SHAPE(3, 4));
    check_values(p, DATA("octave.mat.gz:X"), "float64", 2, SHAPE(3, 4));
    rlra_dataset *const plain = must_read(p, DATA("table.csv"), RLRA_READ_F64);
    rlra_dataset *const packed = must_read(p, DATA("table.csv.gz"), RLRA_READ_F64);
    const rlra_array *const a = rlra_dataset_array(plain), *const b = rlra_dataset_array(packed);
    assert_true(a->dims[0] == b->dims[0] && a->dims[1] == b->dims[1] && a->dims[0] > 1);
    assert_memory_equal(a->data, b->data, (size_t)rlra_array_count(a) * sizeof(double));
    assert_string_equal(rlra_dataset_format(packed), "csv");
    rlra_dataset_destroy(plain);
    rlra_dataset_destroy(packed);
}

static void test_packed_archives_are_read(void **state)
{
    place *const p = *state;
    unsigned char bytes[20000];
    FILE *const file = fopen(DATA("sparse_csr.npz"), "rb");
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    check_sample(p, put_packed(p, "a.npz.gz", bytes, size), "sparse float64", 1);
    check_note(p, p->path, 0, NULL);
}

static void test_files_of_several_members_are_read(void **state)
{
    place *const p = *state;
    put_packed(p, "a.csv.gz", "1,2\n", 4);
    gzFile more = gzopen(p->path, "ab");
    gzwrite(more, "3,4\n", 4);
    gzclose(more);
    rlra_dataset *const dataset = must_read(p, p->path, RLRA_READ_F64);
    assert_int_equal(rlra_dataset_array(dataset)->dims[0], 2);
    rlra_dataset_destroy(dataset);
    FILE *file = fopen(p->path, "ab");
    fwrite("trash", 1, 5, file);
    fclose(file);
    check_note(p, p->path, 0, "5 bytes behind the packed data are left out");
}

static void test_damaged_packed_files_are_refused(void **state)
{
    place *const p = *state;
    char text[3000];
    for (int k = 0; k < 1000; k++)
        memcpy(text + 3 * k, k * 7 % 23 > 9 ? "17\n" : "05\n", 3);
    put_packed(p, "a.csv.gz", text, sizeof text);
    struct stat about;
    assert_int_equal(stat(p->path, &about), 0);
    assert_int_equal(truncate(p->path, about.st_size - 9), 0);
    check_refused(p, p->path, RLRA_ERR_FORMAT, "is packed by gzip and ends too early");
    put_packed(p, "a.csv.gz", text, sizeof text);
    FILE *const file = fopen(p->path, "r+b");
    fseek(file, -6, SEEK_END);
    fputc('x', file);
    fclose(file);
    check_refused(p, p->path, RLRA_ERR_FORMAT, "is packed by gzip and damaged: incorrect data check");
    put_packed(p, "a.csv.gz", "", 0);
    check_refused(p, p->path, RLRA_ERR_FORMAT, "holds nothing once it is unpacked");
}

static void test_a_folder_without_room_is_reported(void **state)
{
    place *const p = *state;
    setenv("TMPDIR", "/nowhere", 1);
    check_refused(p, DATA("table.csv.gz"), RLRA_ERR_FILE, "TMPDIR names another folder");
    setenv("TMPDIR", p->folder, 1);
    rlra_dataset_destroy(must_read(p, DATA("table.csv.gz"), RLRA_READ_AUTO));
    unsetenv("TMPDIR");
    assert_int_equal(empty_folder(p), 0); /* nothing is left behind */
}

/* 80 MB of zeros packed in 80 kB: they get no more than half of the room that there was, whatever else they would fill. */
static void test_what_unpacks_to_too_much_is_refused(void **state)
{
    place *const p = *state;
    const size_t block = 1 << 20;
    char *const zeros = calloc(block, 1);
    gzFile file = gzopen(at(p, "bomb.npy.gz"), "wb9");
    for (int k = 0; k < 80; k++)
        assert_int_equal(gzwrite(file, zeros, (unsigned)block), block);
    gzclose(file);
    free(zeros);
    setenv("TMPDIR", p->folder, 1);
    /* The room is what is left beside what was written. */
    free_bytes = 50 << 20;
    check_refused(p, p->path, RLRA_ERR_FILE, "is more than half of what was free in");
    check_refused(p, p->path, RLRA_ERR_FILE, "0.0671 GB, and not the end; TMPDIR names another folder");
    free_bytes = (uint64_t)1 << 40;
    check_refused(p, p->path, RLRA_ERR_FORMAT, "none of the known formats");
    free_bytes = 0;
    unsetenv("TMPDIR");
    unlink(p->path);
    assert_int_equal(empty_folder(p), 0);
}

/* Text of ASCII in units of `width` bytes. */
static const char *put_wide(place *p, const char *name, const char *text, int width, int big, int mark)
{
    unsigned char bytes[2000] = {0};
    size_t used = 0;
    if (mark) {
        bytes[big ? (size_t)width - 2 : 0] = big ? 0xFE : 0xFF;
        bytes[big ? (size_t)width - 1 : 1] = big ? 0xFF : 0xFE;
        used += (size_t)width;
    }
    for (; *text != '\0'; text++, used += (size_t)width)
        bytes[used + (big ? (size_t)width - 1 : 0)] = (unsigned char)*text;
    put_file(at(p, name), bytes, used);
    return p->path;
}

static void check_four(place *p, const char *path)
{
    rlra_dataset *const dataset = must_read(p, path, RLRA_READ_F64);
    const rlra_array *const array = rlra_dataset_array(dataset);
    assert_true(array->order == 2 && array->dims[0] == 2 && array->dims[1] == 2);
    for (int e = 0; e < 4; e++)
        assert_true(entry_of(array, e) == e + 1);
    rlra_dataset_destroy(dataset);
    check_note(p, path, 0, "it is text in UTF-");
}

static void test_wide_text_is_read(void **state)
{
    place *const p = *state;
    for (int width = 2; width <= 4; width += 2)
        for (int big = 0; big < 2; big++)
            for (int mark = 0; mark < 2; mark++) {
                check_four(p, put_wide(p, "a.txt", "left\tright\r\n1\t2\r\n3\t4\r\n", width, big, mark));
                check_four(p, put_wide(p, "a.csv", "1,2\n3,4\n", width, big, mark));
            }
    check_matrix(p, put_wide(p, "a.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n2 1 7\n", 2, 0, 1),
                 "sparse real", 2, 2, (const double[]){0, 0, 7, 0});
}

static void test_letters_of_wide_text_stay_the_same(void **state)
{
    place *const p = *state;
    char *text = NULL;
    put_file(at(p, "words.txt"), "\xff\xfe\x3d\xd8\x00\xde\xe9\x00\n\x00z\x00", 12);
    assert_int_equal(rlra_file_read_text(p->context, p->path, &text), RLRA_OK);
    assert_string_equal(text, "\xf0\x9f\x98\x80\xc3\xa9\nz");
    rlra_text_free(p->context, text);
}

static void test_whole_texts_are_read_plain(void **state)
{
    place *const p = *state;
    char *text = NULL;
    assert_int_equal(rlra_file_read_text(p->context, put_packed(p, "w.txt.gz", "\xef\xbb\xbfone\ntwo\n", 11), &text),
                     RLRA_OK);
    assert_string_equal(text, "one\ntwo\n");
    rlra_text_free(p->context, text);
    put_file(at(p, "w.txt"), "one\0two", 7);
    assert_int_equal(rlra_file_read_text(p->context, p->path, &text), RLRA_ERR_FORMAT);
    assert_non_null(strstr(rlra_context_message(p->context), "byte 4 is zero"));
    assert_null(text);
}

/* Pixels of 16 bits may resemble letters. */
static void test_numbers_are_not_taken_for_wide_text(void **state)
{
    place *const p = *state;
    unsigned char pixels[16];
    for (int k = 0; k < 16; k++)
        pixels[k] = (unsigned char)(k % 2 == 0 ? 40 + k : 0);
    put_file(at(p, "a.bsq"), pixels, sizeof pixels);
    put_text(p, "a.hdr", "ENVI\nsamples = 2\nlines = 2\nbands = 2\ndata type = 12\ninterleave = bsq\nbyte order = 0\n");
    rlra_dataset *const dataset = must_read(p, at(p, "a.bsq"), RLRA_READ_F64);
    assert_true(rlra_array_get(rlra_dataset_array(dataset), SHAPE(0, 1, 0)) == 42);
    assert_null(rlra_dataset_note(dataset, 0));
    rlra_dataset_destroy(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_packed_files_of_every_format_are_read), WITH_PLACE(test_packed_archives_are_read),
        WITH_PLACE(test_files_of_several_members_are_read),     WITH_PLACE(test_damaged_packed_files_are_refused),
        WITH_PLACE(test_a_folder_without_room_is_reported),     WITH_PLACE(test_wide_text_is_read),
        WITH_PLACE(test_letters_of_wide_text_stay_the_same),    WITH_PLACE(test_whole_texts_are_read_plain),
        WITH_PLACE(test_numbers_are_not_taken_for_wide_text),   WITH_PLACE(test_what_unpacks_to_too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
