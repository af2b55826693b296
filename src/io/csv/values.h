/* io/csv/values.h: read the values of a table that has been found, and the names in it. */
#ifndef RLRA_IO_CSV_VALUES_H
#define RLRA_IO_CSV_VALUES_H

#include "io/csv/find.h"
#include "io/dataset.h"

/* Fill the array of rows x columns; with labels and positions. */
rlra_status rlra_csv_fill(csv_reader *reader, const csv_table *table, rlra_dataset *dataset);

#endif
