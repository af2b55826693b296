/* unit/io/folder.c: results are replaced together, belong to one writer, and what killed writers left is cleared away. */
#define _GNU_SOURCE /* unshare() */
#include "unit/io/support.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "rlra/folder.h"

static const char *const names[] = {"numbers", "page", "record", NULL};

static char *inside(place *p, const char *folder, const char *name)
{
    static char path[4][700];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s/%s", p->folder, folder, name);
    return path[next];
}

static void put_text(const char *path, const char *text)
{
    put_file(path, text, strlen(text));
}

static void expect_text(const char *path, const char *text)
{
    char found[64] = "";
    FILE *const file = fopen(path, "rb");
    if (text == NULL) {
        assert_null(file);
        return;
    }
    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof found - 1, file), strlen(text));
    fclose(file);
    assert_string_equal(found, text);
}

static rlra_folder *must_open(place *p, const char *path)
{
    rlra_folder *folder;
    if (rlra_folder_open(p->context, path, names, &folder) != RLRA_OK)
        fail_msg("%s", rlra_context_message(p->context));
    return folder;
}

static void stage(rlra_folder *folder, const char *name, const char *text)
{
    char path[900];
    const char *const at = rlra_folder_stage(folder);
    assert_non_null(at);
    snprintf(path, sizeof path, "%s/%s", at, name);
    put_text(path, text);
}

/* Entries of the test's folder, hidden ones included. */
static int entries_of(const char *path)
{
    DIR *const folder = opendir(path);
    int count = 0;
    assert_non_null(folder);
    for (const struct dirent *d = readdir(folder); d != NULL; d = readdir(folder))
        count += strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
    closedir(folder);
    return count;
}

static void remove_all(place *p)
{
    char command[200];
    snprintf(command, sizeof command, "chmod -R u+w '%s' && rm -rf '%s'/*", p->folder, p->folder);
    assert_int_equal(system(command), 0);
}

static void test_commit_replaces_the_set_and_keeps_what_is_not_of_it(void **state)
{
    place *const p = *state;
    char out[128];
    snprintf(out, sizeof out, "%s/a/out", p->folder);
    rlra_folder *folder = must_open(p, out);
    assert_false(rlra_folder_has_result(folder));
    stage(folder, "numbers", "1");
    stage(folder, "page", "2");
    stage(folder, "record", "3");
    assert_int_equal(rlra_folder_commit(folder), RLRA_OK);
    rlra_folder_close(folder);

    put_text(inside(p, "a/out", "mine.txt"), "of the user");
    mkdir(inside(p, "a/out", "deep"), 0777);
    put_text(inside(p, "a/out", "deep/mine"), "too");
    chmod(out, 0750);
    folder = must_open(p, out);
    assert_true(rlra_folder_has_result(folder));
    stage(folder, "numbers", "10");
    expect_text(inside(p, "a/out", "numbers"), "1");
    stage(folder, "record", "30");
    assert_int_equal(rlra_folder_commit(folder), RLRA_OK);
    rlra_folder_close(folder);
    expect_text(inside(p, "a/out", "numbers"), "10");
    expect_text(inside(p, "a/out", "page"), NULL);
    expect_text(inside(p, "a/out", "record"), "30");
    expect_text(inside(p, "a/out", "mine.txt"), "of the user");
    expect_text(inside(p, "a/out", "deep/mine"), "too");
    struct stat about;
    assert_int_equal(stat(out, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0750);
    assert_int_equal(entries_of(out), 4);
    snprintf(out, sizeof out, "%s/a", p->folder);
    assert_int_equal(entries_of(out), 1);
    remove_all(p);
}

static void test_close_without_commit_leaves_the_old_result_and_no_empty_folder(void **state)
{
    place *const p = *state;
    char out[128];
    snprintf(out, sizeof out, "%s/out", p->folder);
    rlra_folder *folder = must_open(p, out);
    stage(folder, "numbers", "1");
    rlra_folder_close(folder);
    assert_int_equal(entries_of(p->folder), 0);
    mkdir(out, 0777);
    put_text(inside(p, "out", "numbers"), "old");
    folder = must_open(p, out);
    stage(folder, "numbers", "1");
    rlra_folder_close(folder);
    expect_text(inside(p, "out", "numbers"), "old");
    assert_int_equal(entries_of(p->folder), 1);
    remove_all(p);
}

static void test_one_writer_at_a_time_also_within_a_process(void **state)
{
    place *const p = *state;
    char out[128];
    snprintf(out, sizeof out, "%s/out", p->folder);
    rlra_folder *const folder = must_open(p, out), *second = (rlra_folder *)p;
    assert_int_equal(rlra_folder_open(p->context, out, names, &second), RLRA_ERR_FILE);
    assert_null(second);
    assert_non_null(strstr(rlra_context_message(p->context), "another program is writing results to the folder"));
    stage(folder, "numbers", "1");
    assert_int_equal(rlra_folder_commit(folder), RLRA_OK);
    /* What was swapped in is locked as well. */
    assert_int_equal(rlra_folder_open(p->context, out, names, &second), RLRA_ERR_FILE);
    rlra_folder_close(folder);
    rlra_folder_close(must_open(p, out));
    remove_all(p);
}

static void test_removed_folder_is_made_again(void **state)
{
    place *const p = *state;
    char out[128];
    snprintf(out, sizeof out, "%s/a/out", p->folder);
    for (int late = 0; late < 2; late++) {
        rlra_folder *const folder = must_open(p, out);
        if (late)
            stage(folder, "numbers", "1");
        assert_int_equal(rmdir(out), 0);
        if (!late)
            stage(folder, "numbers", "1");
        assert_int_equal(rlra_folder_commit(folder), RLRA_OK);
        rlra_folder_close(folder);
        expect_text(inside(p, "a/out", "numbers"), "1");
        remove_all(p);
    }
}

/* A child that dies with a stage: before or after the swap, seen from the next writer. */
static void test_next_writer_sweeps_what_a_killed_one_left(void **state)
{
    place *const p = *state;
    char out[128];
    snprintf(out, sizeof out, "%s/out", p->folder);
    mkdir(out, 0777);
    put_text(inside(p, "out", "numbers"), "old");
    put_text(inside(p, "out", "numbers.tmp-17-0"), "half");
    put_text(inside(p, "out", "numbers.tmp-17-0.AbCdEf"), "half of a library");
    put_text(inside(p, "out", "mine.tmp-17-0"), "not ours");
    mkdir(inside(p, "", "out.tmp-notes"), 0777);
    const pid_t child = fork();
    if (child == 0) {
        rlra_folder *folder;
        rlra_folder_open(p->context, out, names, &folder);
        char path[900];
        snprintf(path, sizeof path, "%s/numbers", rlra_folder_stage(folder));
        put_text(path, "new");
        /* What is left where the swap was done and the old folder was not cleared away. */
        snprintf(path, sizeof path, "%s/deep", rlra_folder_stage(folder));
        mkdir(path, 0777);
        _exit(0);
    }
    int code;
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(entries_of(p->folder), 3);
    rlra_folder_close(must_open(p, out));
    assert_int_equal(entries_of(p->folder), 2);
    expect_text(inside(p, "out", "numbers"), "old");
    expect_text(inside(p, "out", "mine.tmp-17-0"), "not ours");
    struct stat about;
    assert_int_equal(stat(inside(p, "out", "deep"), &about), 0);
    assert_int_equal(entries_of(out), 3);
    remove_all(p);
}

static void test_current_folder_is_not_swapped(void **state)
{
    place *const p = *state;
    char out[128], before[4096];
    struct stat old, new;
    assert_non_null(getcwd(before, sizeof before));
    snprintf(out, sizeof out, "%s/out", p->folder);
    mkdir(out, 0777);
    put_text(inside(p, "out", "page"), "old");
    assert_int_equal(stat(out, &old), 0);
    assert_int_equal(chdir(out), 0);
    rlra_folder *const folder = must_open(p, ".");
    stage(folder, "numbers", "1");
    assert_int_equal(rlra_folder_commit(folder), RLRA_OK);
    rlra_folder_close(folder);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(stat(out, &new), 0);
    assert_int_equal(old.st_ino, new.st_ino);
    expect_text(inside(p, "out", "numbers"), "1");
    expect_text(inside(p, "out", "page"), NULL);
    assert_int_equal(entries_of(out), 1);
    remove_all(p);
}

static void test_links_to_folders_stay_links(void **state)
{
    place *const p = *state;
    char out[128], alias[128];
    struct stat about;
    snprintf(out, sizeof out, "%s/out", p->folder);
    snprintf(alias, sizeof alias, "%s/alias", p->folder);
    mkdir(out, 0777);
    assert_int_equal(symlink("out", alias), 0);
    rlra_folder *const folder = must_open(p, alias);
    stage(folder, "numbers", "1");
    assert_int_equal(rlra_folder_commit(folder), RLRA_OK);
    rlra_folder_close(folder);
    assert_int_equal(lstat(alias, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    expect_text(inside(p, "out", "numbers"), "1");
    remove_all(p);
}

static void test_bad_folders_are_refused(void **state)
{
    place *const p = *state;
    rlra_folder *folder;
    char out[128];
    snprintf(out, sizeof out, "%s/file", p->folder);
    put_text(out, "x");
    assert_int_equal(rlra_folder_open(p->context, out, names, &folder), RLRA_ERR_FILE);
    assert_non_null(strstr(rlra_context_message(p->context), "is not a folder"));
    snprintf(out, sizeof out, "%s/file/below", p->folder);
    assert_int_equal(rlra_folder_open(p->context, out, names, &folder), RLRA_ERR_FILE);
    assert_int_equal(rlra_folder_open(p->context, "", names, &folder), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_folder_open(NULL, "x", names, &folder), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_folder_open(p->context, "x", NULL, &folder), RLRA_ERR_ARGUMENT);
    assert_int_equal(rlra_folder_open(p->context, "x", names, NULL), RLRA_ERR_ARGUMENT);
    rlra_folder_close(NULL);
    remove_all(p);
}

static rlra_status commit_one(place *p, const char *out, const char *numbers)
{
    rlra_folder *const folder = must_open(p, out);
    stage(folder, "numbers", numbers);
    const rlra_status status = rlra_folder_commit(folder);
    rlra_folder_close(folder);
    return status;
}

/* A group that a folder can be given to, other than that of new ones: any for root, else another of the user's. */
static int other_group(gid_t *group)
{
    gid_t groups[64];
    const int count = getgroups(64, groups);
    *group = getegid() + 1;
    for (int k = 0; k < count && geteuid() != 0; k++)
        if (groups[k] != getegid())
            *group = groups[k];
    return geteuid() == 0 || *group != getegid() + 1;
}

static void test_folder_of_a_group_stays_one(void **state)
{
    place *const p = *state;
    char out[128];
    gid_t group;
    struct stat about;
    if (!other_group(&group))
        skip();
    snprintf(out, sizeof out, "%s/out", p->folder);
    mkdir(out, 0777);
    assert_true(chown(out, geteuid() == 0 ? 4321 : (uid_t)-1, group) == 0 && chmod(out, 02770) == 0);
    assert_int_equal(commit_one(p, out, "1"), RLRA_OK);
    assert_true(stat(out, &about) == 0 && about.st_gid == group);
    assert_int_equal(about.st_uid, geteuid() == 0 ? 4321 : geteuid());
    assert_int_equal(about.st_mode & 07777, 02770);
    assert_int_equal(entries_of(p->folder), 1);
    remove_all(p);
}

static void test_attributes_of_a_folder_stay(void **state)
{
    place *const p = *state;
    char out[128], found[8] = "";
    snprintf(out, sizeof out, "%s/out", p->folder);
    mkdir(out, 0777);
    if (setxattr(out, "user.rlra", "mine", 4, 0) != 0) { /* the file system has none */
        remove_all(p);
        skip();
    }
    assert_int_equal(commit_one(p, out, "1"), RLRA_OK);
    expect_text(inside(p, "out", "numbers"), "1");
    assert_int_equal(getxattr(out, "user.rlra", found, sizeof found), 4);
    remove_all(p);
}

static void test_names_that_only_resemble_temporaries_are_of_the_user(void **state)
{
    place *const p = *state;
    static const char *const of_user[] = {"01-2",    " 5-1",    "+5-1",       "2024-05-01",
                                          "2024-05", "7-1.bak", "7-1.tar.gz", "0-1"};
    char out[128], name[64];
    snprintf(out, sizeof out, "%s/out", p->folder);
    mkdir(out, 0777);
    for (size_t k = 0; k < sizeof of_user / sizeof of_user[0]; k++) {
        snprintf(name, sizeof name, "numbers.tmp-%s", of_user[k]);
        put_text(inside(p, "out", name), "mine");
    }
    assert_int_equal(commit_one(p, out, "1"), RLRA_OK);
    assert_int_equal(entries_of(out), 1 + sizeof of_user / sizeof of_user[0]);
    remove_all(p);
}

/* In a child with mounts of its own; -1 where the system allows none. */
static int commit_above_mounts(place *p, const char *out)
{
    if ((unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("none", inside(p, "out", "disk"), "tmpfs", 0, NULL) != 0 ||
        mount(inside(p, "out", "other"), inside(p, "out", "same"), NULL, MS_BIND, NULL) != 0)
        return -1;
    put_text(inside(p, "out", "disk/mine"), "of the user");
    put_text(inside(p, "out", "same/mine"), "of the user");
    return commit_one(p, out, "1") == RLRA_OK && entries_of(p->folder) == 1 &&
           access(inside(p, "out", "disk/mine"), F_OK) == 0 && access(inside(p, "out", "same/mine"), F_OK) == 0;
}

static void test_what_is_mounted_in_the_folder_stays_there(void **state)
{
    place *const p = *state;
    char out[128];
    int answer;
    snprintf(out, sizeof out, "%s/out", p->folder);
    mkdir(out, 0777);
    mkdir(inside(p, "out", "disk"), 0777);
    mkdir(inside(p, "out", "same"), 0777);
    mkdir(inside(p, "out", "other"), 0777);
    const pid_t child = fork();
    if (child == 0) {
        const int kept = commit_above_mounts(p, out);
        _exit(kept < 0 ? 77 : !kept);
    }
    assert_int_equal(waitpid(child, &answer, 0), child);
    remove_all(p);
    if (WIFEXITED(answer) && WEXITSTATUS(answer) == 77)
        skip();
    assert_int_equal(answer, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_commit_replaces_the_set_and_keeps_what_is_not_of_it),
        TEST(test_close_without_commit_leaves_the_old_result_and_no_empty_folder),
        TEST(test_one_writer_at_a_time_also_within_a_process),
        TEST(test_removed_folder_is_made_again),
        TEST(test_next_writer_sweeps_what_a_killed_one_left),
        TEST(test_current_folder_is_not_swapped),
        TEST(test_links_to_folders_stay_links),
        TEST(test_bad_folders_are_refused),
        TEST(test_folder_of_a_group_stays_one),
        TEST(test_names_that_only_resemble_temporaries_are_of_the_user),
        TEST(test_attributes_of_a_folder_stay),
        TEST(test_what_is_mounted_in_the_folder_stays_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
