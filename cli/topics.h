/* cli/topics.h: one run of `rlra topics`, and how its result is shown. */
#ifndef RLRA_CLI_TOPICS_H
#define RLRA_CLI_TOPICS_H

#include "corpus.h"

typedef struct topics {
    run run;
    corpus corpus;
    int64_t rank, top;
    double relevance, perplexity;
    rlra_topic_word *ranked;     /* rank x top */
    rlra_topic_quality *quality; /* of each topic */
    double *shares;              /* documents x rank */
    rlra_array shares_array;

    /* As shown: texts that belong to it, the table, the bars. */
    int text_count, text_room;
    char **texts;
    const char **cells, **document_cells;
    rlra_page_bars *bars;
    const char **labels;
    double *values;
} topics;

/* Fill in what the run's report, record and factors.npz show. */
void topics_show(topics *t);

/* topics.csv */
int topics_write(const topics *t);

/* On stdout; returns the exit code of the run. */
int topics_report(const topics *t);
void topics_show_clear(topics *t);

#endif
