"""What the scripts have in common: their options, and the file of results."""

import argparse
import os
from pathlib import Path

from .calm import cores
from .contestants import BENCH

RESULTS = BENCH / "RESULTS.md"

# The parts of the file in their order, each behind a line of its own. Before the first is the
# title, the last is written by hand.
MARKS = {
    "compare": "<!-- Written by bench/compare. -->",
    "zoo": "<!-- Written by bench/compare --zoo. -->",
    "onnx": "<!-- Written by bench/compare --onnx. -->",
    "widths": "<!-- Written by bench/widths. -->",
    "hand": "<!-- Written by hand: --write keeps what follows. -->",
}


def parser(description, rows):
    """Reads the options that all scripts have; rows are the names in the help."""
    made = argparse.ArgumentParser(description=description, epilog=f"Rows: {rows}.")
    made.add_argument("--only", metavar="ROW,...", help="measure only these rows")
    made.add_argument("--rounds", type=int, default=3, help="runs of each (3)")
    made.add_argument("--threads", type=int, default=cores(), help="threads of each (all cores)")
    made.add_argument("--steps", type=int, help="time so many steps, for a quick look")
    made.add_argument(
        "--again", type=int, default=1, help="so many more tries if a run was disturbed (1)"
    )
    made.add_argument("--write", action="store_true", help="write bench/RESULTS.md too")
    return made


def parse(made, rows):
    """The options, with the rows that are asked for; rows takes the options and returns them."""
    options = made.parse_args()
    for option, least in {"rounds": 1, "threads": 1, "steps": 1, "again": 0}.items():
        given = getattr(options, option)
        if given is not None and given < least:
            made.error(f"--{option} takes {least} or more")
    all_rows = rows(options)
    names = [row.name for row in all_rows]
    wanted = options.only.split(",") if options.only else names
    for name in wanted:
        if name not in names:
            made.error(f"there is no row {name}; there are {', '.join(names)}")
    options.rows = [row for row in all_rows if row.name in wanted]
    return options


def cache():
    """The folder for models that no option names."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "stride-bench"


def write(part, text):
    """Writes a part of the results, and keeps the others."""
    parts, at = {"title": ["# Stride and its peers"]}, "title"
    if RESULTS.exists():
        parts = {"title": []}
        for line in RESULTS.read_text().splitlines():
            found = [name for name, mark in MARKS.items() if mark == line]
            if found:
                at = found[0]
            parts.setdefault(at, []).append(line)
    parts[part] = [MARKS[part], "", *text.splitlines()]
    RESULTS.write_text(
        "\n\n".join(
            "\n".join(parts[name]).strip() for name in ["title", *MARKS] if parts.get(name)
        )
        + "\n"
    )
