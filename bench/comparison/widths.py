"""What narrower vectors leave of Stride's speed."""

from dataclasses import dataclass, field

from .report import markdown, said
from .rows import ZOO_NETWORKS, Line, Speed, medians, rate


@dataclass
class Width:
    """A way to run Stride, and the part of the speed on 512 bits that it is to reach."""

    name: str
    java: str = ""
    target: float = 1.0


NARROWER = {
    256: Width("256 bits", "-XX:MaxVectorSize=32", 1 / 2),
    128: Width("128 bits", "-XX:MaxVectorSize=16", 1 / 5),
    0: Width("scalar", "-Dstride.kernels=scalar", 1 / 12),
}

# Of other whole widths there are no targets.
TARGETS_OF = 512


@dataclass
class Widths:
    """A network at batch 1 on each of some widths, the machine's own first."""

    network: str
    widths: list = field(default_factory=list)
    name: str = field(init=False)

    def __post_init__(self):
        self.name = self.network

    def entries(self, contestants, options):
        row = Speed(self.network, "inference", 1, [], 1.0)
        stride = contestants["Stride"]
        return {
            width.name: lambda w=width: stride.measure(row, options.threads, options.steps, w.java)
            for width in self.widths
        }

    def text(self, figures):
        return rate(figures["images_per_second"])

    def lines(self, results):
        speeds = medians(results, "images_per_second")
        whole = speeds.get(self.widths[0].name)
        made = Line(self.name, {name: rate(speed) for name, speed in speeds.items()})
        if whole is not None:
            made.reached = True
            for width in self.widths[1:]:
                part = speeds.get(width.name, 0) / whole
                made.cells[width.name] = f"{rate(part * whole)}, {part:.2f}"
                made.reached &= part >= width.target
        yield made


ROWS = [Widths(network) for network in ZOO_NETWORKS]


def widths(bits):
    """All widths of a machine whose vectors have so many bits, its own first."""
    return [Width(f"{bits} bits"), *(made for less, made in NARROWER.items() if less < bits)]


def table(lines, bits):
    """One line a network; the second figure of each cell is the part of the first column's."""
    whole, *narrower = widths(bits)
    judged = bits == TARGETS_OF
    head = ["images/s", whole.name]
    head += [f"{w.name}, at least {w.target:.2g}" if judged else w.name for w in narrower]
    head += ["reached"] * judged + ["disturbed runs"]
    rows = [head]
    for line in lines:
        cells = [line.cells.get(w.name, "").replace(" images/s", "") for w in [whole, *narrower]]
        verdict = [said(line.reached, line.certain)] * judged
        rows.append([line.name, *cells, *verdict, line.disturbed])
    return markdown(rows)
