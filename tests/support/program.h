/* support/program.h: main() of a program of tests, EACH_TEST(test): runs the one whose name is the argument. */
#include <stdio.h>
#include <string.h>

#define DECLARE(name, entry) int entry(void);
EACH_TEST(DECLARE)

#define ROW(name, entry) {#name, entry},
static const struct {
    const char *name;
    int (*run)(void);
} tests[] = {EACH_TEST(ROW)};

int main(int count, char **words)
{
    const size_t tests_here = sizeof tests / sizeof *tests;
    for (size_t k = 0; count == 2 && k < tests_here; k++)
        if (strcmp(words[1], tests[k].name) == 0)
            return tests[k].run();
    fprintf(stderr, "expected one of these tests as argument:\n");
    for (size_t k = 0; k < tests_here; k++)
        fprintf(stderr, "    %s\n", tests[k].name);
    return 2;
}
