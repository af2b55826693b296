/* unit/engine/rules.c: every combination of rule, penalties and loss is either taken or refused with the rules that would do. */
#include "engine/rules.h"
#include "core/context.h"
#include "support/definitions.h"

/* The rules named behind "use one of: " in a message, or none. */
static int is_advised(const char *message, const char *name)
{
    const char *at = strstr(message, "use one of: ");
    const size_t length = strlen(name);
    for (at = at == NULL ? "" : at + strlen("use one of: "); *at != '\0'; at += strspn(at, ", ")) {
        const size_t word = strcspn(at, ", ");
        if (word == length && strncmp(at, name, word) == 0)
            return 1;
        at += word;
    }
    return 0;
}

static void check_advice(const char *message, const penalty_list *list, const posed_loss *loss)
{
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        const update_ops *const rule = RLRA(update_at)(u);
        CHECK(is_advised(message, rule->about.name) == RLRA(rule_fits)(rule, list, loss), "'%s' in: %s",
              rule->about.name, message);
    }
}

/* Asks for every rule and for "auto". */
static void check_list(rlra_context *context, const penalty_list *list, const posed_loss *loss)
{
    const update_ops *found;
    int fitting = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        const update_ops *const rule = RLRA(update_at)(u);
        const int fits = RLRA(rule_fits)(rule, list, loss);
        const rlra_status status = RLRA(rules_find)(context, rule->about.name, list, loss, "factor 3", &found);
        CHECK(status == (fits ? RLRA_OK : RLRA_ERR_UNSUPPORTED), "%s with %s", rule->about.name, list_name(list));
        fitting += fits;
        if (fits) {
            assert_true(found == rule);
            continue;
        }
        const char *const message = rlra_context_message(context);
        CHECK(strstr(message, "factor 3") != NULL && strstr(message, rule->about.name) != NULL, "%s", message);
        check_advice(message, list, loss);
    }
    const rlra_status status = RLRA(rules_find)(context, "auto", list, loss, "X", &found);
    CHECK(status == (fitting > 0 ? RLRA_OK : RLRA_ERR_UNSUPPORTED), "auto with %s", list_name(list));
    if (fitting > 0)
        assert_true(RLRA(rule_fits)(found, list, loss));
    else
        assert_non_null(strstr(rlra_context_message(context), list_name(list)));
}

static void test_rules_are_found_or_refused_with_those_that_would_do(void **state)
{
    numbers from = {1, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int c = 0; c < count; c++) {
        check_list(*state, &lists[c], NULL);
        for (int l = 0; RLRA(loss_at)(l) != NULL; l++) {
            const posed_loss loss = RLRA(loss_find)(RLRA(loss_at)(l)->about.name, 1.5);
            check_list(*state, &lists[c], &loss);
        }
    }
}

static void test_unknown_rules_are_refused(void **state)
{
    const update_ops *found;
    const penalty_list none = {0};
    assert_int_equal(RLRA(rules_find)(*state, "als", &none, NULL, "X", &found), RLRA_ERR_ARGUMENT);
    assert_non_null(strstr(rlra_context_message(*state), "no update 'als'"));
}

static int set_up(void **state)
{
    rlra_context *context;
    const rlra_status status = rlra_context_create(NULL, &context);
    *state = context;
    return status;
}

static int tear_down(void **state)
{
    rlra_context_destroy(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_are_found_or_refused_with_those_that_would_do),
        cmocka_unit_test(test_unknown_rules_are_refused),
    };
    return cmocka_run_group_tests_name("rules", tests, set_up, tear_down);
}
