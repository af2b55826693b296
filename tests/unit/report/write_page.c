/* Write the page of a small scene to a file: for the test in a browser, and to view while working on the report. */
#include "sample.h"

int main(int count, char **words)
{
    sample s;
    if (count != 2)
        return 2;
    make_scene(&s, 24, 32, 60, 10);
    const rlra_status status = rlra_page_write(s.context, &s.page, words[1]);
    clear_sample(&s);
    return status == RLRA_OK ? 0 : 1;
}
