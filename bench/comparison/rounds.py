"""Runs what is compared in turn, and again where a run was disturbed."""

import sys

from .process import Failure


def measure(row, contestants, calm, options):
    """All rounds of a row: its lines, and whether every run gave a figure."""
    try:
        entries = row.entries(contestants, options)
    except Failure as failure:
        say(f"{row.name}: {failure}")
        return [], False
    runs = {name: [] for name in entries}
    whole = True
    for number in range(1, options.rounds + 1):
        for name, run in list(entries.items()):
            where = f"{row.name}, round {number} of {options.rounds}, {name}"
            try:
                figures, complaints = undisturbed(run, where, calm, options.again)
            except Failure as failure:
                say(f"{where}: left out: {failure}")
                del entries[name]
                whole = False
                continue
            runs[name].append((figures, not complaints))
            warning = f" (DISTURBED: {'; '.join(complaints)})" if complaints else ""
            say(f"{where}: {row.text(figures)}{warning}")
    return list(judge(row, runs)), whole


def judge(row, runs):
    """The lines of a row, from the calm runs alone if there are some of each."""
    flat = [calm for each in runs.values() for _, calm in each]
    enough = all(any(calm for _, calm in each) for each in runs.values() if each)
    results = {
        name: [figures for figures, calm in each if calm or not enough]
        for name, each in runs.items()
    }
    for line in row.lines(results):
        line.disturbed = f"{flat.count(False)} of {len(flat)}"
        line.certain = enough
        yield line


def undisturbed(run, where, calm, again):
    """The figures of a run and complaints; of the last one if each was disturbed."""
    for left in range(again, -1, -1):
        figures, complaints = calm.watch(lambda: with_cpu_seconds(run))
        if left == 0 or not complaints:
            return figures, complaints
        say(f"{where}: once more, {'; '.join(complaints)}")


def with_cpu_seconds(run):
    figures, done = run()
    return figures, done.cpu_seconds


def say(text):
    print(text, file=sys.stderr, flush=True)
