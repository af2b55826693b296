/* unit/api/registry.c: what the library reports of itself is complete, and what it offers can be asked for. */
#include "penalty/penalty.h"
#include "rlra/rlra.h"
#include "support/support.h"
#include "update/update.h"

static void test_families_have_members_with_names_and_summaries(void **state)
{
    (void)state;
    int families = 0;
    for (; rlra_family_at(families) != NULL; families++) {
        const char *const family = rlra_family_at(families);
        CHECK(rlra_member_at(family, 0) != NULL, "family %s", family);
        for (int m = 0; rlra_member_at(family, m) != NULL; m++) {
            const rlra_member *const member = rlra_member_at(family, m);
            CHECK(strlen(member->name) > 0 && strlen(member->summary) > 0, "%s %d", family, m);
            CHECK(member->properties != NULL && member->reference != NULL, "%s %s", family, member->name);
            for (int other = 0; other < m; other++)
                CHECK(strcmp(member->name, rlra_member_at(family, other)->name) != 0, "%s twice", member->name);
        }
    }
    assert_int_equal(families, 8);
    assert_null(rlra_family_at(-1));
    assert_null(rlra_member_at("no such family", 0));
    assert_null(rlra_member_at("penalty", -1));
}

static int is_member(const char *family, const char *name)
{
    for (int m = 0; rlra_member_at(family, m) != NULL; m++)
        if (strcmp(rlra_member_at(family, m)->name, name) == 0)
            return 1;
    return 0;
}

/* The names of an option are those of its family, "auto", and "auto:NAME" for some. */
static void check_choices(const char *option, const char *family)
{
    char names[512];
    int members = 0, choices = 0;
    snprintf(names, sizeof names, "%s", rlra_option_find(option)->choices);
    for (char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
        const int is_auto = strncmp(name, "auto", 4) == 0;
        CHECK(strcmp(name, "auto") == 0 || is_member(family, is_auto ? name + 5 : name), "--%s %s", option, name);
        choices += !is_auto;
    }
    while (rlra_member_at(family, members) != NULL)
        members++;
    CHECK(members == choices, "%d members of %s, %d choices", members, family, choices);
}

static void test_options_offer_what_the_registries_have(void **state)
{
    (void)state;
    check_choices("update", "update");
    check_choices("init", "init");
}

static void test_both_precisions_have_the_same_members(void **state)
{
    (void)state;
    for (int p = 0; p == 0 || rlra_member_at("penalty", p - 1) != NULL; p++) {
        const penalty_ops *const ops = RLRA(penalty_at)(p);
        const rlra_member *const member = rlra_member_at("penalty", p);
        assert_true((ops == NULL) == (member == NULL));
        assert_true(ops == NULL || strcmp(ops->about.name, member->name) == 0);
    }
    for (int u = 0; u == 0 || rlra_member_at("update", u - 1) != NULL; u++) {
        const update_ops *const ops = RLRA(update_at)(u);
        const rlra_member *const member = rlra_member_at("update", u);
        assert_true((ops == NULL) == (member == NULL));
        assert_true(ops == NULL || RLRA(update_find)(member->name) == ops);
    }
    assert_null(RLRA(update_find)("no such rule"));
}

static void test_the_build_reports_what_it_is(void **state)
{
    (void)state;
    const rlra_build *const build = rlra_build_info();
    assert_true(strlen(build->version) > 0 && strlen(build->compiler) > 0 && strlen(build->blas) > 0);
    assert_string_equal(build->kernels, RLRA(kernels_best)()->name);
    assert_string_equal(build->precisions, "f32 f64");
    assert_true(build->threads >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_families_have_members_with_names_and_summaries),
        cmocka_unit_test(test_options_offer_what_the_registries_have),
        cmocka_unit_test(test_both_precisions_have_the_same_members),
        cmocka_unit_test(test_the_build_reports_what_it_is),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
