"""Print a duel: one line per contestant, fastest to the middle target first; and what several starts have in common."""

from harness import median


def duration(seconds):
    if seconds is None:
        return "-"
    return f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def ratio(value, base):
    return "-" if value is None or not base else f"{value / base:.3g}"


def print_columns(lines):
    """Format lines of cells, of which the first is the header, with the first column left-aligned and the others right-aligned."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                        for column, (cell, width) in enumerate(zip(line, widths))))


def print_table(duel, rows, floor, targets):
    shape = " x ".join(str(length) for length in duel.files["shape"])
    print(f"\n{duel.workload}: {shape}, rank {duel.files['rank']}, {duel.options.dtype}, start {duel.start}, "
          f"{duel.threads} thread{'s' if duel.threads > 1 else ''}")
    if floor:
        print(f"floor of a sweep: {duration(floor['seconds'])} (flops {duration(floor['flops'])}, bytes {duration(floor['bytes'])})")
    middle = f"seconds_to_{targets[1]}"
    rows = sorted(rows, key=lambda row: (row[middle] is None, row[middle] or row["final_over_best"]))
    own = next((row for row in rows if row["contestant"] == "rlra"), None)
    header = ["contestant", "sweep", "/floor"] + [f"to {target}x" for target in targets] + \
        ["own rate", f"/rlra ({targets[1]})", "final/best"]
    lines = [header]
    for row in rows:
        lines.append(
            [row["contestant"], duration(row["sweep_seconds"]), ratio(row["sweep_seconds"], floor and floor["seconds"])]
            + [duration(row[f"seconds_to_{target}"]) for target in targets]
            + [duration(row["own_seconds"]), ratio(row[middle], own and own[middle]), f"{row['final_over_best']:.6f}"])
    print_columns(lines)
    for row in rows:
        if row.get("trace_error", 0.0) > (1e-6 if duel.options.dtype == "f64" else 1e-3):
            print(f"WARNING: {row['contestant']}'s own objective is off by {row['trace_error']:.1e}")
        if "peak_bytes_over_data" in row:
            print(f"peak memory of {row['contestant']}: {row['peak_bytes_over_data']:.3g} x data")


def print_summary(rows, target):
    """Medians over the starts: under kl and is equal runs end apart, so that one start measures luck as much as speed."""
    starts = sorted({row["start"] for row in rows})
    if len(starts) < 2:
        return
    best, key = min(row["best_objective"] for row in rows), f"seconds_to_{target}"
    for threads in sorted({row["threads"] for row in rows}):
        print(f"\n{rows[0]['workload']}: {len(starts)} starts, {threads} thread{'s' if threads > 1 else ''}")
        of_name = {}
        for row in rows:
            if row["threads"] == threads:
                of_name.setdefault(row["contestant"], []).append(row)
        lines = [["contestant", "own rate", "spread of ends", "median end", f"median to {target}x", "reached"]]
        for name, own in sorted(of_name.items(), key=lambda item: (median([row[key] for row in item[1]]) is None,
                                                                   median([row[key] for row in item[1]]) or 0.0)):
            ends = [row["end"] / best for row in own]
            lines.append([name, duration(median([row["own_seconds"] for row in own])), f"{min(ends):.4f} - {max(ends):.4f}",
                          f"{median(ends):.4f}", duration(median([row[key] for row in own])),
                          f"{sum(row[key] is not None for row in own)} of {len(own)}"])
        print_columns(lines)
