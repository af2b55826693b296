# Fits of as many sweeps as each line of the input says; prints the seconds of each and leaves its factors in the folder.
suppressPackageStartupMessages({library(RcppML); library(Matrix)})
given <- commandArgs(trailingOnly = TRUE)
folder <- given[1]; rows <- as.integer(given[2]); columns <- as.integer(given[3]); rank <- as.integer(given[4])
setRcppMLthreads(as.integer(given[6]))
numbers <- function(name, what) {
    path <- file.path(folder, name)
    readBin(path, what, file.size(path) / if (what == "double") 8 else 4)
}
data <- if (given[5] == "1") {
    new("dgCMatrix", x = numbers("values", "double"), i = numbers("rows", "integer"), p = numbers("begins", "integer"),
        Dim = c(rows, columns))
} else {
    matrix(numbers("values", "double"), rows, columns)
}
seconds <- function() {
    now <- proc.time()
    if (given[7] == "cpu") now[["user.self"]] + now[["sys.self"]] else now[["elapsed"]]
}
input <- file("stdin", open = "r")
while (length(line <- readLines(input, 1)) == 1) {
    begin <- seconds()
    model <- nmf(data, rank, tol = 0, maxit = as.integer(line), verbose = FALSE, seed = 1)
    taken <- seconds() - begin
    writeBin(as.vector(model$w %*% diag(model$d, nrow = rank)), file.path(folder, "w"))
    writeBin(as.vector(model$h), file.path(folder, "h"))
    cat(format(taken, digits = 6), "\n", sep = "")
}
