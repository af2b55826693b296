/* cli/commands.c: the table of commands and the table of the options that only the command line has. */
#include <string.h>

#include "request.h"
#include "text.h"

static const command commands[] = {
    {"nmf", "DATA -r R [options]", "nonnegative matrix factorization  DATA ~ W H^T",
     "Factor a matrix of m rows and n columns into W (m x R) and H (n x R) that minimise\n"
     "1/2 ||DATA - W H^T||^2 + priors.  DATA is FILE or FILE:NAME.\n",
     "rlra nmf faces.npy -r 20\n"
     "rlra nmf spectra.csv -r 4 --prior W:nonneg,l1=0.1 --prior H:simplex -o result\n",
     1, 1, command_nmf},
    {"cp", "DATA -r R [options]", "nonnegative CP (PARAFAC) decomposition of an array of any order",
     "Decompose an array of order N into R components, each the outer product of N vectors.\n"
     "DATA is FILE or FILE:NAME.\n",
     "rlra cp fluorescence.mat:data -r 3\n"
     "rlra cp video.npy -r 10 --prior 2:nonneg,l1=1 --max-sweeps 200\n",
     1, 1, command_cp},
    {"unmix", "SCENE -r R [options]", "spectra (endmembers) and abundance maps of a hyperspectral scene",
     "SCENE is a cube, or a matrix of bands x pixels with --shape (or with nRow and nCol beside it in a\n"
     ".mat file).  Entries that are NaN (in text also words such as NA) hold no data.  Pixels that lack\n"
     "data in a band are left out, and so are bands without any data; both are NaN in the results.\n"
     "The fit starts from R pure pixels found by SNPA and ends early: at a tolerance of 2e-3 the misfit is\n"
     "within about a percent of the least, and further sweeps would only move the endmembers away from\n"
     "spectra that occur.  Then endmembers are scaled such that the purest pixels of each (the 1 % where\n"
     "it has the largest part) have abundance one in the median, unless --sum-to-one or a --prior fixes\n"
     "the scale.\n",
     "rlra unmix scene.hdr -r 6\n"
     "rlra unmix jasper.mat -r 4 --library library.mat --sum-to-one\n"
     "rlra unmix pines.npz:cube -r 8 --labels pines.npz:labels --label-names classes.txt\n",
     1, 1, command_unmix},
    {"separable", "DATA -r R [options]", "pick R columns of a matrix that generate all others",
     "Find R columns of DATA such that all columns are nearly their nonnegative combinations.\n",
     "rlra separable spectra.npy -r 5\n"
     "rlra separable spectra.npy -r 5 --method spa\n",
     1, 1, command_separable},
    {"topics", "COUNTS -r R [options]", "topics of counts of words in documents, by KL NMF (PLSA)",
     "COUNTS is a matrix of documents x words, sparse (.mtx, SciPy's .npz, MATLAB's .mat) or dense.  Each\n"
     "document becomes a mixture of R topics, and a topic is a distribution over the words.  With --vocab a\n"
     "matrix of words x documents is recognised by its length.  Results are factors.npz (factor_0: p(document\n"
     "| topic), factor_1: p(word | topic), weights: words of each topic, shares: p(topic | document)),\n"
     "topics.csv, and what other fits write.\n",
     "rlra topics counts.mtx --vocab words.txt -r 20\n"
     "rlra topics counts.npz --vocab words.txt --titles titles.txt -r 50 --top 15 --relevance 0.6\n",
     1, 1, command_topics},
    {"nnls", "W Y [options]", "nonnegative regression: X >= 0 that minimises D(Y, W X), certified",
     "Each column y of Y (m x n, or m numbers) is written as a nonnegative combination of the columns of W\n"
     "(m x r): the columns of X (r x n) minimise\n"
     "    D(y, W x) + penalties(x)   over x >= 0.\n"
     "D is half the sum of squares (frobenius, the default), the Kullback-Leibler divergence (kl, for\n"
     "counts), Itakura-Saito (is) or a beta divergence.  Columns are solved independently, in parallel.\n"
     "W and Y are FILE or FILE:NAME.  The result goes to one file: X and, for each column, loss, KKT\n"
     "residual and gap (the objective is at most so far above the least one; NaN: unknown).  Files that\n"
     "hold one array (.npy, .csv, .tsv, .txt) get X alone.  What is printed is recomputed from W, Y and X.\n"
     "Columns that are not solved to the tolerance are reported on stderr; the exit code is 0 even then.\n"
     "If Y is a scene (a cube, or a matrix with --shape), W are known spectra, a matrix of bands x spectra\n"
     "or a library of ENVI: X are maps, r x height x width, and the other numbers images.\n",
     "rlra nnls spectra.csv pixels.npy\n"
     "rlra nnls spectra.csv pixels.npy --sum-to-one -o abundances.npy\n"
     "rlra nnls spectra.csv pixels.npy --sparsity 2 -o two.npz\n"
     "rlra nnls spectra.csv pixels.npy --front -o front.npz\n"
     "rlra nnls library.hdr scene.hdr --resample --sum-to-one -o abundances.npz --report maps.html\n"
     "rlra nnls spectra.csv pixels.npy --prior nonneg,l1=0.1 --json\n"
     "rlra nnls rates.npy counts.npy --loss kl --tolerance 1e-6 -o X.csv\n",
     2, 2, command_nnls},
    {"info", "FILE... [options]", "the arrays in files: shape, type, range, zeros, NaN", "",
     "rlra info scene.mat\n"
     "rlra info results/factors.npz\n"
     "rlra info spectra.csv --skip 2 --first-column axis\n",
     1, DATA_MOST, command_info},
    {"list", "[--json]", "what this build offers: penalties, updates, starts, formats", "",
     "rlra list\n"
     "rlra list --json\n",
     0, 0, command_list},
    {"help", "[COMMAND]", "explain a command and its options", "", "rlra help nmf\n", 0, 1, command_help},
};

#define IN(field) offsetof(request, field)
#define FITS      "nmf cp unmix topics"
#define RUNS      "nmf cp unmix topics separable"
#define READS     RUNS " nnls info"

static const flag flags[] = {
    {"prior", 0, FLAG_LIST, IN(priors), "F:SPEC", "nonneg for every factor", "", FITS,
     "penalties of factor F, a number from 0 or W and H of a matrix; replaces the default; SPEC is names with "
     "weights such as nonneg,l1=0.1, see rlra list; may be repeated"},
    {"init", 0, FLAG_INPUT, IN(init), "NAME|FILE", "auto", "", FITS,
     "the start, or a file with arrays factor_0, factor_1, .."},
    {"mask", 0, FLAG_INPUT, IN(mask), "FILE[:NAME]", "", "", "nmf cp",
     "array of the shape of DATA that holds 1 where an entry is observed and 0 where it is missing; the other "
     "way round with --mask-means missing"},
    {"mask-means", 0, FLAG_CHOICE, IN(mask_means), "WHAT", "", "observed missing", "nmf cp unmix nnls",
     "what 1 in the mask stands for; without this option 1 is observed, and a mask that may be the other way round is "
     "refused with a question"},
    {"mask", 0, FLAG_INPUT, IN(mask), "FILE[:NAME]", "", "", "unmix nnls",
     "image of height x width that holds 1 where a pixel of the scene is used and 0 where it is not"},
    {"ignore-value", 0, FLAG_TEXT, IN(ignore_value), "X", "that of an ENVI header, and NaN", "", "unmix nnls",
     "entries of the scene that are X are missing, as NaN is: pixels that lack data in a band are left out"},
    {"bad-bands", 0, FLAG_INPUT, IN(bad_bands), "LIST|FILE", "those of an ENVI header", "", "unmix nnls",
     "bands of the scene to leave out as well: numbers from 1 and ranges such as 1-3,104-113, or a text file of them; "
     "none: use even those that the header marks as bad"},
    {"weights", 0, FLAG_INPUT, IN(weights), "FILE[:NAME]", "", "", "nmf cp",
     "the weight >= 0 of each entry in the loss, 0: missing; an array of the shape of DATA, sparse where DATA is"},
    {"missing", 0, FLAG_CHOICE, IN(missing), "WHAT", "none", "none nan unstored", "nmf cp",
     "what else is missing; nan: entries of dense data that are NaN, in text also words such as NA; unstored: all that "
     "a sparse file does not store"},
    {"missing", 0, FLAG_CHOICE, IN(missing), "WHAT", "none", "none nan", "info",
     "nan: words such as NA, and empty fields, of data in text are NaN"},
    {"skip", 0, FLAG_NUMBER, IN(skip), "N", "0", "", READS, "leave out the first N lines of data in text"},
    {"names", 0, FLAG_TEXT, IN(names), "LINE|none", "found", "", READS,
     "the line, from 1, that names the columns of data in text, or none"},
    {"first-column", 0, FLAG_CHOICE, IN(first_column), "WHAT", "auto", "auto data axis names", READS,
     "what the first column of data in text holds; data: numbers like the others; axis: where the rows lie (an index, "
     "wavelengths); names: those of the rows"},
    {"decimal", 0, FLAG_CHOICE, IN(decimal), "SIGN", "found", "point comma", READS, "the decimal sign of data in text"},
    {"grouping", 0, FLAG_TEXT, IN(grouping), "SIGN", "", "", READS,
     "the sign between groups of digits of data in text, such as , in 1,234.5"},
    {"floor", 0, FLAG_NUMBER, IN(floor), "X", "", "", "nmf cp",
     "entries of dense data from 0 to X count as X: the loss is, and beta where beta <= 0, take no zeros"},
    {"dtype", 0, FLAG_CHOICE, IN(dtype), "TYPE", "as stored: f32 for floats of 32 bits, else f64", "f32 f64",
     RUNS " nnls", "precision of data and computation"},
    {"index-base", 0, FLAG_CHOICE, IN(index_base), "BASE", "1", "0 1", READS,
     "the number from which the indices of .mtx, .tns and sptensor files count"},
    {"library", 0, FLAG_INPUT, IN(library), "FILE", "", "", "unmix",
     "name components by spectral angle to the classes of spectra in FILE: arrays of bands x spectra, each a class, or "
     "one array or a spectral library of ENVI, each spectrum a class"},
    {"labels", 0, FLAG_INPUT, IN(labels), "FILE[:NAME]", "", "", "unmix",
     "name components by the class of a label image (height x width, 0: no label) in which they are strong"},
    {"label-names", 0, FLAG_INPUT, IN(label_names), "FILE", "", "", "unmix",
     "text file with a class name in each line, `NUMBER NAME` or just NAME, counted from 1"},
    {"wavelengths", 0, FLAG_INPUT, IN(wavelengths), "FILE[:NAME]", "those of the scene's file", "", "unmix nnls",
     "wavelength of each band of the scene"},
    {"resample", 0, FLAG_SWITCH, IN(resample), "", "", "", "unmix nnls",
     "interpolate the known spectra linearly at the wavelengths of the scene; nm and micrometres are understood"},
    {"shape", 0, FLAG_TEXT, IN(shape), "HxW", "found", "", "unmix nnls",
     "height and width of the scene: of one stored as bands x pixels, and which modes of a cube they are"},
    {"pixel-order", 0, FLAG_CHOICE, IN(pixel_order), "ORDER", "columns for .mat files, else rows", "rows columns",
     "unmix nnls", "how pixels of a bands x pixels matrix run through the image"},
    {"sum-to-one", 0, FLAG_SWITCH, IN(sum_to_one), "", "", "", "unmix",
     "abundances of each pixel sum to one: --prior H:simplex"},
    {"method", 0, FLAG_CHOICE, IN(method), "NAME", "snpa", "spa snpa rank_two", "separable", "how to pick"},
    {"residual", 0, FLAG_NUMBER, IN(residual), "X", "1e-12", "", "separable",
     "stop when the largest residual falls below this part of the largest column"},
    {"vocab", 0, FLAG_INPUT, IN(vocabulary), "FILE[:NAME]", "numbers", "", "topics",
     "the words, one in each line, in UTF-8; in lines with tabs, such as those of features.tsv, the second column, or "
     "that of the number or name in FILE:COLUMN"},
    {"titles", 0, FLAG_INPUT, IN(titles), "FILE[:NAME]", "", "", "topics",
     "titles of the documents, one in each line or in a column as of --vocab: the report lists the documents of each "
     "topic"},
    {"transpose", 0, FLAG_SWITCH, IN(swap), "", "", "", "topics", "COUNTS holds words x documents"},
    {"top", 0, FLAG_NUMBER, IN(top), "N", "10", "", "topics", "words to report of each topic"},
    {"relevance", 0, FLAG_NUMBER, IN(relevance), "X", "1", "", "topics",
     "choose words by X log p(word | topic) + (1 - X) log lift, X from 0 (lift) to 1 (probability)"},
    {"out", 'o', FLAG_OUTPUT, IN(out), "DIR", "DATA-COMMAND-rR", "", RUNS,
     "folder for factors.npz, run.json, trace.csv and report.html"},
    {"no-report", 0, FLAG_SWITCH, IN(no_report), "", "", "", RUNS,
     "write no report.html, which takes longer than a small fit"},
    {"prior", 0, FLAG_LIST, IN(priors), "SPEC", "nonneg", "", "nnls",
     "penalties of X, names with weights such as nonneg,l1=0.1, see rlra list; replaces the default; may be repeated"},
    {"sum-to-one", 0, FLAG_SWITCH, IN(sum_to_one), "", "", "", "nnls",
     "coefficients of each column sum to one: --prior nonneg,simplex"},
    {"upper", 0, FLAG_TEXT, IN(upper), "U", "", "", "nnls", "no coefficient is above U"},
    {"lower", 0, FLAG_TEXT, IN(lower), "L", "", "", "nnls",
     "no coefficient is below L instead of 0, which may be negative"},
    {"front", 0, FLAG_SWITCH, IN(front), "", "", "", "nnls",
     "the best supports of every size 1 .. P from one search, P being --sparsity or r: X is n x P x r, loss n x P"},
    {"start", 0, FLAG_INPUT, IN(start), "FILE[:NAME]", "", "", "nnls", "X to start from, such as an earlier result"},
    {"transpose", 0, FLAG_CHOICE, IN(transpose), "WHICH", "", "W Y both", "nnls",
     "the file holds the transpose: W as r x m, Y as n x m; with Y, X is written n x r"},
    {"out", 'o', FLAG_OUTPUT, IN(out), "FILE", "Y-nnls.npz", "", "nnls",
     "the result, by its ending .npz, .mat, .h5 (all), .npy, .csv, .tsv or .txt (X alone); maps of a scene also as "
     ".hdr"},
    {"report", 0, FLAG_OUTPUT, IN(report), "FILE", "", "", "nnls",
     "a page with the maps of a scene, its composite and the spectra, as one HTML file"},
    {"log", 0, FLAG_OUTPUT, IN(log), "FILE", "", "", FITS, "write a line of JSON after each sweep"},
    {"starts", 0, FLAG_NUMBER, IN(starts), "K", "1", "", "nmf cp topics",
     "fit K times and keep the best: from --init with --seed, then from random starts with the seeds that follow; "
     "reports how far all agree. Limits such as --time-limit hold for each"},
    {"checkpoint", 0, FLAG_OUTPUT, IN(checkpoint), "DIR", "", "", FITS,
     "keep the state of the fit in DIR, so that --resume can go on from it even after a crash"},
    {"checkpoint-every", 0, FLAG_NUMBER, IN(checkpoint_every), "SECONDS", "60", "", FITS,
     "between two checkpoints; 0: after each sweep. There always is one at the end"},
    {"resume", 0, FLAG_SWITCH, IN(resume), "", "", "", FITS,
     "go on from the checkpoint in DIR, if there is one, to the same result as without a break"},
    {"memory-limit", 0, FLAG_TEXT, IN(memory_limit), "SIZE", "", "", "nmf cp",
     "hold no more than SIZE such as 200M or 1.5G: data that do not fit are read from their file in every sweep, to "
     "the same result; for .npy, ENVI, and HDF5 without chunks"},
    {"plan", 0, FLAG_SWITCH, IN(plan), "", "", "", FITS,
     "report memory, operations and what \"auto\" becomes, and fit nothing"},
    {"quiet", 'q', FLAG_SWITCH, IN(quiet), "", "", "", RUNS " nnls", "print nothing but errors"},
    {"json", 0, FLAG_SWITCH, IN(json), "", "", "", "list nnls", "as JSON, for programs"},
    {"help", 'h', FLAG_SWITCH, IN(help), "", "", "", "nmf cp unmix topics separable nnls info list help", "this text"},
};

/* Options that do nothing alone. What those of a fit need is in the library's table. */
static const struct {
    const char *name, *needs, *commands;
} partners[] = {
    {"checkpoint-every", "checkpoint", FITS},    {"resume", "checkpoint", FITS},
    {"label-names", "labels", "unmix"},          {"resample", "library", "unmix"},
    {"mask-means", "mask", "nmf cp unmix nnls"},
};

const char *flag_needs(const command *about, const flag *f)
{
    for (size_t i = 0; i < sizeof partners / sizeof partners[0]; ++i) {
        if (strcmp(partners[i].name, f->name) == 0 && word_in(partners[i].commands, about->name))
            return partners[i].needs;
    }
    return "";
}

const command *command_at(int index)
{
    const int count = (int)(sizeof commands / sizeof commands[0]);
    return index < 0 || index >= count ? NULL : &commands[index];
}

const command *command_find(const char *name)
{
    for (int i = 0; command_at(i) != NULL; ++i) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

const flag *flag_at(int index)
{
    const int count = (int)(sizeof flags / sizeof flags[0]);
    return index < 0 || index >= count ? NULL : &flags[index];
}

int flag_is_text(const flag *f)
{
    return f->kind == FLAG_TEXT || f->kind == FLAG_INPUT || f->kind == FLAG_OUTPUT || f->kind == FLAG_CHOICE;
}

const flag *flag_named(const command *about, const char *name)
{
    int i = 0;
    while (!command_takes_flag(about, &flags[i]) || strcmp(flags[i].name, name) != 0)
        ++i;
    return &flags[i];
}

int command_takes_flag(const command *about, const flag *f)
{
    return word_in(f->commands, about->name);
}

static int same_flag(const command *about, const char *name)
{
    for (int i = 0; flag_at(i) != NULL; ++i) {
        if (command_takes_flag(about, &flags[i]) && strcmp(flags[i].name, name) == 0)
            return 1;
    }
    return 0;
}

int command_option(const command *about, const rlra_option *option, rlra_option *row)
{
    const rlra_task *const task = rlra_task_find(about->name);
    for (int i = 0; rlra_task_option(task, i, row); ++i) {
        if (strcmp(row->name, option->name) == 0)
            return 1;
    }
    *row = *option;
    return 0;
}

int command_uses_option(const command *about, const rlra_option *option)
{
    rlra_option row;
    return command_option(about, option, &row);
}

/* An option of the command line hides the public one of the same name: it takes more, such as a file. */
int command_takes_option(const command *about, const rlra_option *option)
{
    return !same_flag(about, option->name) && command_uses_option(about, option);
}

const char *flag_standard(const command *about, const flag *f)
{
    const rlra_option *const hidden = rlra_option_find(f->name);
    rlra_option row;
    if (hidden == NULL)
        return f->standard;
    command_option(about, hidden, &row);
    return row.standard;
}

char option_letter(const rlra_option *option)
{
    return strcmp(option->name, "rank") == 0 ? 'r' : '\0';
}

const char *option_placeholder(const rlra_option *option)
{
    static const char *const by_kind[] = {"N", "X", "NAME"};
    return option_letter(option) == 'r' ? "R" : by_kind[option->kind];
}
