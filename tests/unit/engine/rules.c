/* unit/engine/rules.c: every combination of rule, penalties and loss is either taken or refused with the rules that would do. */
#include "core/context.h"
#include "engine/defaults.h"
#include "support/certificates.h"

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

static void check_advice(const char *message, const rule_task *task)
{
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        const update_ops *const rule = RLRA(update_at)(u);
        CHECK(is_advised(message, rule->about.name) == RLRA(rule_fits)(rule, task), "'%s' in: %s", rule->about.name,
              message);
    }
}

/* What is refused for the blocks alone names what they are made of. */
static void check_shape(const char *message, const update_ops *rule, const rule_task *task)
{
    rule_task other = *task;
    other.shapes = 0;
    const unsigned left = task->shapes & ~RLRA(rule_shapes)(rule, task->penalties);
    if (RLRA(rule_fits)(rule, &other))
        CHECK(left != 0 && strstr(message, RLRA(block_shape_name)(left)) != NULL, "%s", message);
}

/* Asks for every rule and for "auto". */
static void check_list(rlra_context *context, const rule_task *task)
{
    const update_ops *found;
    int takers = 0;
    for (int u = 0; RLRA(update_at)(u) != NULL; u++) {
        const update_ops *const rule = RLRA(update_at)(u);
        const int fits = RLRA(rule_fits)(rule, task);
        const rlra_status status = RLRA(rules_find)(context, rule->about.name, task, "factor 3", &found);
        CHECK(status == (fits ? RLRA_OK : RLRA_ERR_UNSUPPORTED), "%s with %s", rule->about.name,
              list_name(task->penalties));
        takers += fits;
        if (fits) {
            assert_true(found == rule);
            continue;
        }
        const char *const message = rlra_context_message(context);
        CHECK(strstr(message, "factor 3") != NULL && strstr(message, rule->about.name) != NULL, "%s", message);
        check_advice(message, task);
        check_shape(message, rule, task);
    }
    const rlra_status status = RLRA(rules_find)(context, "auto", task, "X", &found);
    CHECK(status == (takers > 0 ? RLRA_OK : RLRA_ERR_UNSUPPORTED), "auto with %s", list_name(task->penalties));
    if (takers > 0)
        assert_true(RLRA(rule_fits)(found, task));
    else
        assert_non_null(strstr(rlra_context_message(context), list_name(task->penalties)));
}

static void test_rules_are_found_or_refused_with_those_that_would_do(void **state)
{
    numbers from = {1, 0};
    penalty_list lists[MOST_LISTS];
    const int count = make_lists(&from, lists);
    for (int c = 0; c < count; c++) {
        for (int l = 0; RLRA(loss_at)(l) != NULL; l++) {
            const posed_loss loss = RLRA(loss_find)(RLRA(loss_at)(l)->about.name, 1.5);
            const unsigned usual = loss.kind == LOSS_FROBENIUS ? BLOCK_GRAM : BLOCK_ROWS;
            for (unsigned more = 0; more <= BLOCK_ALL_ROWS; more = more == 0 ? 1 : 2 * more)
                check_list(*state, &(rule_task){&lists[c], &loss, usual | more, RULE_OF_FIT, 4, 0, 0});
        }
    }
}

/* What users read of "auto" in docs/guide: the rule of each case. */
static void test_defaults_are_those_of_the_guide(void **state)
{
    static const struct {
        rule_use use;
        const char *prior, *loss;
        ptrdiff_t rank, equations;
        const char *rule, *other;
        double zeros;
    } cases[] = {
        {RULE_OF_FIT, "none", "frobenius", 5, 0, "hals", "block_pivot", 0},
        {RULE_OF_FIT, "nonneg,l1=1,l2=2", "frobenius", 50, 0, "hals", "block_pivot", 0},
        {RULE_OF_FIT, "simplex", "frobenius", 16, 0, "active_set", "fista", 0},
        {RULE_OF_FIT, "simplex", "frobenius", 17, 0, "fista", "active_set", 0},
        {RULE_OF_FIT, "nonneg,hard_sparsity=2", "frobenius", 5, 0, "k_sparse", NULL, 0},
        {RULE_OF_FIT, "nonneg", "kl", 5, 0, "mu", "ccd", 0.6},
        {RULE_OF_FIT, "nonneg", "kl", 5, 0, "ccd", NULL, 0.8},
        {RULE_OF_FIT, "nonneg,l1=1", "is", 5, 0, "ccd", NULL, 0},
        {RULE_OF_REGRESSION, "nonneg", "frobenius", 5, 20, "block_pivot", NULL, 0},
        {RULE_OF_REGRESSION, "nonneg", "frobenius", 20, 5, "active_set", NULL, 0},
        {RULE_OF_REGRESSION, "simplex", "frobenius", 5, 20, "active_set", NULL, 0},
        {RULE_OF_REGRESSION, "nonneg,hard_sparsity=2", "frobenius", 5, 20, "k_sparse", NULL, 0},
        {RULE_OF_REGRESSION, "nonneg", "kl", 5, 20, "newton", NULL, 0},
    };
    (void)state;
    for (int n = 0; n < COUNT_OF(cases); n++) {
        const penalty_list list = list_of(cases[n].prior);
        const posed_loss loss = RLRA(loss_find)(cases[n].loss, 1);
        const unsigned shapes = loss.kind == LOSS_FROBENIUS ? BLOCK_GRAM : BLOCK_ROWS;
        const rule_task task = {&list, &loss, shapes, cases[n].use, cases[n].rank, cases[n].equations, cases[n].zeros};
        const update_ops *const rule = RLRA(default_rule)(&task);
        CHECK(rule != NULL && strcmp(rule->about.name, cases[n].rule) == 0, "%s, %s, rank %td: %s", cases[n].prior,
              cases[n].loss, cases[n].rank, rule == NULL ? "none" : rule->about.name);
        const update_ops *const other = RLRA(other_rule)(&task, rule);
        if (cases[n].use == RULE_OF_FIT)
            CHECK(other == NULL ? cases[n].other == NULL
                                : cases[n].other != NULL && strcmp(other->about.name, cases[n].other) == 0,
                  "%s, %s: exchanged for %s", cases[n].prior, cases[n].loss,
                  other == NULL ? "none" : other->about.name);
    }
    assert_true(RLRA(rule_of_use)(RULE_OF_FRONT)->needs_sparsity);
    assert_non_null(RLRA(rule_of_use)(RULE_OF_REACH)->regress);
}

static void test_unknown_rules_are_refused(void **state)
{
    const update_ops *found;
    const penalty_list none = {0};
    const posed_loss loss = RLRA(loss_find)("frobenius", 0);
    const rule_task task = {&none, &loss, BLOCK_GRAM, RULE_OF_FIT, 4, 0, 0};
    assert_int_equal(RLRA(rules_find)(*state, "als", &task, "X", &found), RLRA_ERR_ARGUMENT);
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
        cmocka_unit_test(test_defaults_are_those_of_the_guide),
        cmocka_unit_test(test_unknown_rules_are_refused),
    };
    return cmocka_run_group_tests_name("rules", tests, set_up, tear_down);
}
