/* io/csv/run.c: collect lines in runs of rows, and keep the longest. */
#include "io/csv/run.h"

static int is_row(const csv_line *l)
{
    return l->row == ROW_NUMBERS || l->row == ROW_OPEN || l->row == ROW_NAMED || l->row == ROW_SPOILED;
}

static void remember(csv_runs *runs, const csv_line *line)
{
    for (int k = RUN_BEFORE - 1; k > 0; k--)
        runs->recent[k] = runs->recent[k - 1];
    runs->recent[0] = *line;
    if (runs->lines++ == 0)
        runs->first = *line;
}

/* Whether a run is longer, or, if one has names of rows and may be a heading, has more numbers; ties go to the run without
 * names. */
static int is_better(const csv_run *run, const csv_run *than)
{
    if ((run->row == ROW_NAMED) == (than->row == ROW_NAMED))
        return run->rows > than->rows;
    return run->numbers > than->numbers || (run->numbers == than->numbers && run->row != ROW_NAMED);
}

/* End a run: keep it if it is the best so far. */
static void settle(csv_runs *runs)
{
    const csv_run *const now = &runs->now;
    csv_run *const best = &runs->best;
    if (now->rows == 0)
        return;
    if (best->rows == 0 || is_better(now, best)) {
        /* Names of single values are a heading, and so are names before rows of numbers only. */
        const int is_heading = best->row == ROW_NAMED && (best->width == 2 || now->row != ROW_NAMED);
        if (!is_heading && best->rows > runs->rival.rows)
            runs->rival = *best;
        *best = *now;
        runs->after = (csv_line){0};
        return;
    }
    /* After rows of numbers a line that begins with text is a footer, such as a sum, if its number of fields differs. */
    const int is_footer = best->row != ROW_NAMED && now->row == ROW_NAMED && now->width != best->width;
    if (!is_footer && runs->after.number == 0)
        runs->after = now->first;
    if (is_footer) {
        best->lines_behind += now->rows + now->lines_behind;
        if (best->behind.number == 0)
            best->behind = now->first;
    }
}

/* Keep the form of a run and the line after it, which is the line that begins the next run if there is no other. */
static void keep_earlier(csv_runs *runs, const csv_line *line)
{
    const csv_run *const now = &runs->now;
    if (now->rows == 0)
        return;
    const int slot = runs->earlier_count++ % RUN_EARLIER;
    runs->earlier[slot].row = now->row;
    runs->earlier[slot].width = now->width;
    runs->earlier[slot].behind = now->between.number > 0 ? now->between : *line;
}

static csv_line parted_from(const csv_runs *runs, const csv_line *line)
{
    for (int k = runs->earlier_count - 1; k >= 0 && k > runs->earlier_count - RUN_EARLIER; k--)
        if (runs->earlier[k % RUN_EARLIER].row == line->row && runs->earlier[k % RUN_EARLIER].width == line->width)
            return runs->earlier[k % RUN_EARLIER].behind;
    return (csv_line){0};
}

static void start_run(csv_runs *runs, const csv_line *line)
{
    keep_earlier(runs, line);
    const int touches = runs->now.lines_behind == 0 && runs->now.row == ROW_NAMED && runs->now.width == line->width;
    runs->named = touches ? runs->now : (csv_run){0};
    settle(runs);
    csv_run *const now = &runs->now;
    *now = (csv_run){.row = line->row == ROW_SPOILED ? ROW_NUMBERS : line->row,
                     .width = line->width,
                     .trailing = line->trailing,
                     .first = *line,
                     .lines_before = runs->lines,
                     .named_before = runs->named.rows,
                     .parted = parted_from(runs, line)};
    for (int k = 0; k < RUN_BEFORE; k++)
        now->before[k] = runs->recent[k];
}

static void count_row(csv_run *run, int numbers, int trailing, int signs)
{
    run->rows += run->voids + 1;
    run->voids = 0;
    run->numbers += numbers;
    run->trailing = trailing < run->trailing ? trailing : run->trailing;
    run->signs |= signs;
    if (run->broken.number == 0)
        run->broken = run->between;
    run->between = run->behind = (csv_line){0};
    run->lines_behind = 0;
    run->comments += run->asides;
    run->asides = 0;
}

/* Whether a row continues the run; `spoils` is set if it differs from what its rows should be. */
static int goes_on(const csv_runs *runs, const csv_line *line, int *spoils)
{
    const csv_run *const now = &runs->now;
    *spoils = line->row == ROW_SPOILED;
    if (now->rows == 0 || line->width != now->width)
        return 0;
    if (line->row == ROW_OPEN || line->row == now->row)
        return 1;
    if (now->row == ROW_OPEN)
        return 1;
    *spoils |= line->row == ROW_NAMED;
    return now->row == ROW_NUMBERS && (line->row == ROW_NAMED || line->row == ROW_SPOILED);
}

/* Rows with names, one that begins with a number, names again: resume the run, as only the row between is malformed. */
static int resumes_named(csv_runs *runs, const csv_line *line)
{
    csv_run *const named = &runs->named;
    if (line->row != ROW_NAMED || named->rows < 2 || named->width != line->width || named->rows < runs->now.rows)
        return 0;
    if (named->broken.number == 0)
        named->broken = runs->now.first;
    runs->now = *named;
    *named = (csv_run){0};
    return 1;
}

/* Whether a line is a comment within a table: its number of fields differs from that of rows or, if both are one, a blank
 * follows the character. */
static int is_aside(const csv_run *now, const csv_line *line)
{
    return line->comment && (line->width != now->width || (line->width == 1 && line->remark));
}

static void add_other(csv_runs *runs, const csv_line *line)
{
    csv_run *const now = &runs->now;
    const int fills = line->row == ROW_VOID && line->width == now->width && now->between.number == 0;
    if (now->rows == 0)
        return;
    if (now->lines_behind++ == 0)
        now->behind = *line;
    if (fills)
        now->voids++;
    else if (is_aside(now, line))
        now->asides++;
    else if (now->between.number == 0)
        now->between = *line;
}

/* Whether a line among rows with names is a name without values, which are then all missing. */
static int is_bare_name(const csv_run *now, const csv_line *line)
{
    return line->row == ROW_TEXT && line->bad == 1 && line->width > 1 && line->of_kind[CSV_EMPTY] == line->width - 1 &&
           now->rows > 0 && now->row == ROW_NAMED && line->width == now->width;
}

/* Count rows with several columns of text followed by numbers, which no supported table has. */
static void count_mixed(csv_runs *runs, const csv_line *line)
{
    const int is_mixed =
        line->row == ROW_TEXT && line->bad == 1 && line->width > 2 && !line->comment && line->of_kind[CSV_NUMBER] > 0;
    if (!is_mixed || runs->mixing.width != line->width)
        runs->mixing_lines = 0;
    if (!is_mixed)
        return;
    if (runs->mixing_lines++ == 0)
        runs->mixing = *line;
    if (runs->mixing_lines > runs->mixed_lines) {
        runs->mixed_lines = runs->mixing_lines;
        runs->mixed = runs->mixing;
    }
}

void rlra_csv_add(csv_runs *runs, const csv_line *line)
{
    int spoils = 0;
    csv_line named;
    count_mixed(runs, line);
    if (is_bare_name(&runs->now, line)) {
        named = *line;
        named.row = ROW_NAMED;
        line = &named;
    }
    if (!is_row(line) || (line->row == ROW_NAMED && is_aside(&runs->now, line) && runs->now.rows > 0)) {
        add_other(runs, line);
        remember(runs, line);
        return;
    }
    if (runs->now.rows > 0 && runs->now.width == line->width)
        resumes_named(runs, line);
    if (!goes_on(runs, line, &spoils))
        start_run(runs, line);
    csv_run *const now = &runs->now;
    if (now->row == ROW_OPEN && line->row != ROW_OPEN)
        now->row = line->row == ROW_SPOILED ? ROW_NUMBERS : line->row;
    if (spoils && now->spoiled.number == 0)
        now->spoiled = *line;
    count_row(now, line->of_kind[CSV_NUMBER], line->trailing, line->signs);
    remember(runs, line);
}

void rlra_csv_add_alike(csv_runs *runs, int64_t number, int64_t offset, int trailing, int signs)
{
    csv_run *const now = &runs->now;
    const int named = now->row == ROW_NAMED;
    count_row(now, now->width - named, trailing, signs);
    /* Notes on lines before a run need only the place and width of a row. */
    csv_line *const last = &runs->recent[0];
    last->number = number;
    last->offset = offset;
    last->width = now->width;
    last->row = now->row;
    runs->lines++;
}

void rlra_csv_end(csv_runs *runs)
{
    settle(runs);
    runs->now = (csv_run){0};
}
