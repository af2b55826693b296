/* cli/corpus.h: counts of words in documents, with the words and the titles. */
#ifndef RLRA_CLI_CORPUS_H
#define RLRA_CLI_CORPUS_H

#include "run.h"

/* Lines of a text; `text` holds their bytes. */
typedef struct text_lines {
    int64_t count;
    int64_t skipped; /* lines before the first of these: names of columns */
    int of_column;   /* each is one of several columns of a line */
    char **line;
    char *text;
} text_lines;

typedef struct corpus {
    rlra_sparse counts; /* documents x words; of `run.dataset`, or of the arrays below for dense counts */
    int64_t *indices[2];
    void *values;
    int transposed;                    /* the file holds words x documents */
    double total;                      /* sum of the counts */
    unsigned char *has_words, *occurs; /* of each document, of each word */
    int64_t empty_documents, unseen_words;
    text_lines words, titles; /* empty where there is none */
} corpus;

/* Read vocabulary and titles, and make the run's data documents x words. Start from {0}; cleared with corpus_clear(). */
int corpus_open(run *r, corpus *c);
void corpus_clear(corpus *c);

/* A word, or its number where there is no vocabulary: then it is in `room`. */
const char *corpus_word(const corpus *c, int64_t word, char *room, size_t size);

#endif
