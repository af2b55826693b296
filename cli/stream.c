/* cli/stream.c: --memory-limit: read data that do not fit piece by piece. */
#include "stream.h"
#include "say.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "words.h"

/* A fit holds the model and, beside it, as many copies of its factors. */
#define FACTOR_COPIES 5.0

double stream_size(const char *text)
{
    static const char units[] = "KMGT";
    char *end = NULL;
    double size = strtod(text, &end);
    if (end == text || !(size > 0.0) || !(size < 1e18))
        return -1.0;
    const char *const unit = *end == '\0' ? NULL : strchr(units, *end);
    if (unit != NULL) {
        size *= pow(1024.0, (double)(unit - units + 1));
        ++end;
    }
    if (strcmp(end, "iB") == 0 || strcmp(end, "B") == 0)
        end += strlen(end);
    return *end == '\0' && size >= 1.0 && size < 9e18 ? size : -1.0;
}

/* What a fit in memory holds, at least. */
static double bytes_of_fit(const run *r, int order, const int64_t *dims, double entry)
{
    double entries = 1.0, rows = 0.0;
    for (int m = 0; m < order; ++m) {
        entries *= (double)dims[m];
        rows += (double)dims[m];
    }
    return entry * (entries + FACTOR_COPIES * rows * (double)r->options.rank);
}

/* The largest dense variable that may be meant. */
typedef struct largest {
    const run *r;
    const char *name; /* NULL: any */
    double bytes;
} largest;

static void scan_variable(void *user, const rlra_variable *variable)
{
    largest *const l = user;
    const int wanted = l->name == NULL || strcmp(l->name, variable->name) == 0;
    if (!wanted || !variable->numeric || strncmp(variable->dtype, "sparse", 6) == 0)
        return;
    const int is_single =
        l->r->asked->dtype == NULL ? strcmp(variable->dtype, "float32") == 0 : strcmp(l->r->asked->dtype, "f32") == 0;
    l->bytes = fmax(l->bytes, bytes_of_fit(l->r, variable->order, variable->dims, is_single ? 4.0 : 8.0));
}

/* A file that cannot be read piece by piece, as the message in the context reports, must fit. */
static int require_fit(const run *r, const char *spec)
{
    char need[32], limit[32];
    const size_t path_length = input_path_length(spec);
    char *const path = cli_copy(spec, path_length);
    char *const why = words_reported(r->asked->about, r->context, RLRA_ERR_UNSUPPORTED);
    largest l = {r, spec[path_length] == ':' ? spec + path_length + 1 : NULL, 0.0};
    const rlra_read_options options = input_options(r->asked);
    const rlra_status status = rlra_file_list(r->context, path, &options, scan_variable, &l);
    const int fits = status == RLRA_OK && l.bytes <= r->memory_limit;
    const int code = fits ? EXIT_OK
                          : run_error("a fit in memory needs %s, more than --memory-limit %s, and %s",
                                      print_bytes(l.bytes, need, sizeof need),
                                      print_bytes(r->memory_limit, limit, sizeof limit), why);
    free(why);
    free(path);
    return code;
}

int stream_open(run *r, int least_order, int most_order)
{
    if (r->asked->memory_limit == NULL)
        return EXIT_OK;
    r->memory_limit = stream_size(r->asked->memory_limit);
    const rlra_read_options options = input_options(r->asked);
    char *const spec = input_choose(r, r->asked->data[0], &options, least_order, most_order, 0);
    const rlra_status status = rlra_stream_open(r->context, spec, &options, &r->stream);
    const int code = status == RLRA_OK                ? EXIT_OK
                     : status == RLRA_ERR_UNSUPPORTED ? require_fit(r, spec)
                                                      : run_fail(r, status, NULL);
    free(spec);
    if (r->stream == NULL)
        return code;
    const char *const format = rlra_stream_format(r->stream);
    if (input_require_heed(1, r->asked->data, &format, &options) != EXIT_OK)
        return EXIT_RUN;
    const rlra_array *const array = rlra_stream_array(r->stream);
    const double entry = array->dtype == RLRA_DTYPE_F32 ? 4.0 : 8.0;
    if (bytes_of_fit(r, array->order, array->dims, entry) <= r->memory_limit) {
        rlra_stream_close(r->stream);
        r->stream = NULL;
    }
    if (r->stream != NULL)
        free(input_choose(r, r->asked->data[0], &options, least_order, most_order, 1));
    for (int k = 0; r->stream != NULL && rlra_stream_note(r->stream, k) != NULL; k++)
        input_report(r, r->asked->data[0], rlra_stream_note(r->stream, k));
    return code;
}

int stream_instead(run *r)
{
    if (r->dataset == NULL || r->sparse != NULL || r->partial || r->asked->floor >= 0.0 || r->options.holdout > 0.0)
        return 0;
    const rlra_read_options options = input_options(r->asked);
    const char *const asked = r->asked->data[0], *const name = rlra_dataset_name(r->dataset);
    char *const spec = cli_format("%.*s%s%s", (int)input_path_length(asked), asked, name[0] == '\0' ? "" : ":", name);
    const rlra_status status = rlra_stream_open(r->context, spec, &options, &r->stream);
    free(spec);
    if (status != RLRA_OK)
        return 0;
    rlra_problem_destroy(r->problem);
    rlra_dataset_destroy(r->dataset);
    r->problem = NULL;
    r->dataset = NULL;
    for (int n = 0; n < r->data.order; ++n) {
        free(r->priors[n]);
        r->priors[n] = NULL;
    }
    r->data = *rlra_stream_array(r->stream);
    return 1;
}

void stream_report(const run *r)
{
    char limit[32];
    if (r->stream != NULL)
        say(stdout, "  data            read from the file in every sweep, as they do not fit into %s\n",
            print_bytes(r->memory_limit, limit, sizeof limit));
}
