"""The HTML report of a result, drawn by the library."""
from rlra._core import ffi, lib
from rlra._library import Context, text
from rlra._models import FilledModel


def _summary(result):
    report = result.report
    return {
        "data": " x ".join(map(str, result.shape)),
        "rank": result.rank,
        "relative error": f"{report.relative_error:.6g}",
        "objective": f"{report.objective:.9g}",
        "KKT residual": f"{report.kkt_residual:.3g}",
        "sweeps": report.sweeps,
        **({"escapes": f"{report.escapes} tried, {report.escapes_kept} kept"} if report.escapes else {}),
        "seconds": f"{report.seconds:.3g}",
        "stopped because": report.stop,
        "precision": result.weights.dtype,
        "threads": report.threads,
        "version": "rlra " + text(lib.rlra_build_info().version),
    }


class _Room:
    """C memory of a page, alive as long as this."""

    def __init__(self):
        self.kept = []

    def string(self, value):
        self.kept.append(ffi.new("char[]", str(value).encode()))
        return self.kept[-1]

    def rows(self, pairs):
        self.kept.append(ffi.new("rlra_page_row[]", [(self.string(label), self.string(value)) for label, value in pairs]))
        return self.kept[-1]

    def sweeps(self, trace):
        names = [name for name, _ in ffi.typeof("rlra_page_sweep").fields]
        self.kept.append(ffi.new("rlra_page_sweep[]", [tuple(row) for row in trace[names].tolist()]))
        return self.kept[-1]


def write(result, path):
    """Write the page of a result."""
    room = _Room()
    summary = list(_summary(result).items())
    options = [*result.options.items(), *((f"prior {n}", prior) for n, prior in enumerate(result.priors))]
    page = ffi.new("rlra_page *")
    page.title = room.string(f"{summary[0][1]}: {result.rank} components")
    page.command = room.string(f"rlra.{result.task}(X, {result.rank}, ..)")
    page.summary_count, page.summary = len(summary), room.rows(summary)
    page.option_count, page.options = len(options), room.rows(options)
    page.sweep_count, page.sweeps = len(result.trace), room.sweeps(result.trace)
    with Context() as context, FilledModel(context, result.factors, result.weights) as model:
        page.model = model.pointer
        context.check(lib.rlra_page_write(context.pointer, page, path.encode()))
