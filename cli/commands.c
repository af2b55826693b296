/* cli/commands.c: the table of commands and the table of the options that only the command line has. */
#include <string.h>

#include "request.h"
#include "text.h"

#define FIT_OPTIONS                                                                                                    \
    "rank update init max_sweeps inner_sweeps tolerance decrease time_limit seed threads extrapolate pass order "      \
    "gamma "                                                                                                           \
    "rho node_limit"

static const command commands[] = {
    {"nmf", "DATA -r R [options]", "nonnegative matrix factorization  DATA ~ W H^T",
     "Factor a matrix of m rows and n columns into W (m x R) and H (n x R) that minimise\n"
     "1/2 ||DATA - W H^T||^2 + priors.  DATA is FILE or FILE:NAME.\n",
     "rlra nmf faces.npy -r 20\n"
     "rlra nmf spectra.csv -r 4 --prior W:nonneg,l1=0.1 --prior H:simplex -o result\n",
     FIT_OPTIONS, "", 1, 1, command_nmf, NULL},
    {"cp", "DATA -r R [options]", "nonnegative CP (PARAFAC) decomposition of an array of any order",
     "Decompose an array of order N into R components, each the outer product of N vectors.\n"
     "DATA is FILE or FILE:NAME.\n",
     "rlra cp fluorescence.mat:data -r 3\n"
     "rlra cp video.npy -r 10 --prior 2:nonneg,l1=1 --max-sweeps 200\n",
     FIT_OPTIONS, "", 1, 1, command_cp, NULL},
    {"unmix", "SCENE -r R [options]", "spectra (endmembers) and abundance maps of a hyperspectral scene",
     "SCENE is a cube of height x width x bands, or a matrix of bands x pixels with --shape (or with\n"
     "nRow and nCol beside it in a .mat file).  The fit starts from R pure pixels found by SNPA and ends\n"
     "early: at a tolerance of 2e-3 the misfit is within about a percent of the least, and further sweeps\n"
     "would only move the endmembers away from spectra that occur.  Then endmembers are scaled such that\n"
     "the purest pixels of each (the 1 % where it has the largest part) have abundance one in the median,\n"
     "unless --sum-to-one or a --prior fixes the scale.\n",
     "rlra unmix scene.hdr -r 6\n"
     "rlra unmix jasper.mat -r 4 --library library.mat --sum-to-one\n"
     "rlra unmix pines.npz:cube -r 8 --labels pines.npz:labels --label-names classes.txt\n",
     FIT_OPTIONS, "tolerance=2e-3 init=snpa", 1, 1, command_unmix, NULL},
    {"separable", "DATA -r R [options]", "pick R columns of a matrix that generate all others",
     "Find R columns of DATA such that all columns are nearly their nonnegative combinations.\n",
     "rlra separable spectra.npy -r 5\n"
     "rlra separable spectra.npy -r 5 --method spa\n",
     "rank threads", "", 1, 1, command_separable, NULL},
    {"info", "FILE...", "the arrays in files: shape, type, range, zeros, NaN", "",
     "rlra info scene.mat\n"
     "rlra info results/factors.npz\n",
     "", "", 1, DATA_MOST, NULL, rlra_command_info},
    {"list", "[--json]", "what this build offers: penalties, updates, starts, formats", "",
     "rlra list\n"
     "rlra list --json\n",
     "", "", 0, 0, command_list, NULL},
    {"help", "[COMMAND]", "explain a command and its options", "", "rlra help nmf\n", "", "", 0, 1, command_help, NULL},
};

#define IN(field) offsetof(request, field)
#define FITS      "nmf cp unmix"
#define RUNS      "nmf cp unmix separable"

static const flag flags[] = {
    {"prior", 0, FLAG_LIST, IN(priors), "F:SPEC", "nonneg for every factor", "", FITS,
     "penalties of factor F, a number from 0 or W and H of a matrix; replaces the default; SPEC is names with "
     "weights such as nonneg,l1=0.1, see rlra list; may be repeated"},
    {"init", 0, FLAG_TEXT, IN(init), "NAME|FILE", "auto", "", FITS,
     "the start, or a file with arrays factor_0, factor_1, .."},
    {"dtype", 0, FLAG_CHOICE, IN(dtype), "TYPE", "as stored: f32 for floats of 32 bits, else f64", "f32 f64", RUNS,
     "precision of data and computation"},
    {"library", 0, FLAG_TEXT, IN(library), "FILE", "", "", "unmix",
     "name components by spectral angle to the classes of spectra in FILE: arrays of bands x spectra, each a class"},
    {"labels", 0, FLAG_TEXT, IN(labels), "FILE[:NAME]", "", "", "unmix",
     "name components by the class of a label image (height x width, 0: no label) in which they are strong"},
    {"label-names", 0, FLAG_TEXT, IN(label_names), "FILE", "", "", "unmix",
     "text file with a class name in each line, `NUMBER NAME` or just NAME, counted from 1"},
    {"wavelengths", 0, FLAG_TEXT, IN(wavelengths), "FILE[:NAME]", "those of the scene's file", "", "unmix",
     "wavelength of each band"},
    {"shape", 0, FLAG_TEXT, IN(shape), "HxW", "nRow x nCol of the file", "", "unmix",
     "height and width of a scene stored as bands x pixels"},
    {"pixel-order", 0, FLAG_CHOICE, IN(pixel_order), "ORDER", "columns for .mat files, else rows", "rows columns",
     "unmix", "how pixels of a bands x pixels matrix run through the image"},
    {"sum-to-one", 0, FLAG_SWITCH, IN(sum_to_one), "", "", "", "unmix",
     "abundances of each pixel sum to one: --prior H:simplex"},
    {"method", 0, FLAG_CHOICE, IN(method), "NAME", "snpa", "spa snpa rank_two", "separable", "how to pick"},
    {"residual", 0, FLAG_NUMBER, IN(residual), "X", "1e-12", "", "separable",
     "stop when the largest residual falls below this part of the largest column"},
    {"out", 'o', FLAG_TEXT, IN(out), "DIR", "DATA-COMMAND-rR", "", RUNS,
     "folder for factors.npz, run.json, trace.csv and report.html"},
    {"log", 0, FLAG_TEXT, IN(log), "FILE", "", "", FITS, "write a line of JSON after each sweep"},
    {"quiet", 'q', FLAG_SWITCH, IN(quiet), "", "", "", RUNS, "print nothing but errors"},
    {"json", 0, FLAG_SWITCH, IN(json), "", "", "", "list", "as JSON, for programs"},
    {"help", 'h', FLAG_SWITCH, IN(help), "", "", "", "nmf cp unmix separable list help", "this text"},
};

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

int command_uses_option(const command *about, const rlra_option *option)
{
    return word_in(about->fit_options, option->name);
}

/* An option of the command line hides the public one of the same name: it takes more, such as a file. */
int command_takes_option(const command *about, const rlra_option *option)
{
    return !same_flag(about, option->name) && command_uses_option(about, option);
}

const char *option_standard(const command *about, const rlra_option *option, char *room, size_t size)
{
    const size_t length = strlen(option->name);
    const char *list = about->own_defaults;
    while (word_next(&list, room, size)) {
        if (strncmp(room, option->name, length) == 0 && room[length] == '=')
            return room + length + 1;
    }
    return option->standard;
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
