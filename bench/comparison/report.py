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
    head = ["what", *COLUMNS, "ratio", "target", "reached", "disturbed runs"]
    rows = [head, ["---"] * len(head)]
    for line in lines:
        reached = {None: "", True: "yes", False: "no"}[line.reached] if line.certain else "?"
        cells = [line.cells.get(column, "") for column in COLUMNS]
        rows.append([line.name, *cells, line.ratio, line.target, reached, line.disturbed])
    widths = [max(len(row[i]) for row in rows if row[i] != "---") for i in range(len(head))]
    return "\n".join(
        "| " + " | ".join("-" * w if c == "---" else c.ljust(w) for c, w in zip(row, widths)) + " |"
        for row in rows
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
