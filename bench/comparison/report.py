"""The results as Markdown."""

import platform
import subprocess
from datetime import date

from .calm import cores
from .contestants import ROOT
from .process import Failure

COLUMNS = ["Stride", "PyTorch", "TorchScript", "ONNX Runtime"]


def table(lines):
    """One line a comparison; the ratio is Stride's figure over that of the best peer."""
    measured = [column for column in COLUMNS if any(column in line.cells for line in lines)]
    rows = [["what", *measured, "ratio", "target", "reached", "disturbed runs"]]
    for line in lines:
        cells = [line.cells.get(column, "") for column in measured]
        ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
        reached = said(line.reached, line.certain)
        rows.append([line.name, *cells, ratio, line.target, reached, line.disturbed])
    return markdown(rows)


def said(reached, certain):
    """Whether a target is reached; a question mark if disturbed runs alone say so."""
    return {None: "", True: "yes", False: "no"}[reached] if certain else "?"


def markdown(rows):
    """A table of texts, its head first, with columns of even widths."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    head, *body = rows
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
        for row in [head, ["-" * width for width in widths], *body]
    )


def facts(stride, torch, onnx_runtime, calm, options):
    """What was measured, on what."""
    yield f"{date.today()}; rounds: {options.rounds}; threads: {options.threads}"
    if options.steps:
        yield f"a quick look, at {options.steps} steps a run"
    yield f"Stride {commit()} on Java {stride.settings.get('java.runtime.version', 'unknown')}"
    if torch:
        yield f"PyTorch {torch['version']} with {torch['blas']}"
    if onnx_runtime:
        yield f"ONNX Runtime {onnx_runtime}"
    yield f"{cores()} cores, {cpu()}"
    try:
        machine, complaints = calm.watch(lambda: stride.machine(options.threads))
        disturbed = f" (disturbed: {'; '.join(complaints)})" if complaints else ""
        yield (
            f"kernels: {machine['kernels']}; bare multiply-adds in registers:"
            f" {machine['gflops_one_thread']} GFLOP/s on one thread,"
            f" {machine['gflops_all_threads']} on {options.threads}{disturbed}"
        )
    except Failure as failure:
        yield f"the bare peak was not measured: {failure}"


def commit():
    """Which commit, and whether the checkout differs from it."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "of an unknown commit"


def cpu():
    """The CPU's name, family and model, as Linux tells them."""
    try:
        with open("/proc/cpuinfo") as info:
            lines = [line.split(":", 1) for line in info.read().split("\n\n")[0].splitlines()]
        known = {key.strip(): value.strip() for key, value in lines}
        return f"{known['model name']}, family {known['cpu family']}, model {known['model']}"
    except (OSError, KeyError, ValueError):
        return platform.machine()
