"""What is compared, and how much faster Stride is to be."""

from dataclasses import dataclass, field
from pathlib import Path
from statistics import geometric_mean, median


@dataclass
class Line:
    """A line of the table: what each column says, whether the target is reached, how certainly."""

    name: str
    cells: dict
    ratio: float | None = None
    target: str = ""
    reached: bool | None = None
    disturbed: str = ""
    certain: bool = True
    # The geometric mean that its ratio is a part of: "inference" or "training".
    mean: str = ""


@dataclass
class Speed:
    """Images a second of a network, Stride's over those of the fastest peer."""

    network: str
    mode: str
    batch: int
    peers: list
    target: float
    memory: bool = False
    # Images a second that a peer's newer version reaches: counts where it is more than what ran.
    published: float | None = None
    # Height and width of the images where they are not the network's own.
    size: tuple | None = None
    # The ONNX file that is measured instead of a network of the zoo.
    file: Path | None = None
    name: str = field(init=False)

    def __post_init__(self):
        size = "-%dx%d" % self.size if self.size else ""
        self.name = f"{self.network}{size}-{self.mode}-b{self.batch}"

    def entries(self, contestants, options):
        """What runs in turn: names, and functions that return (figures, run)."""
        return {
            name: lambda c=contestants[name]: c.measure(self, options.threads, options.steps)
            for name in ["Stride", *self.peers]
            if name in contestants
        }

    def text(self, figures):
        return f"{rate(figures['images_per_second'])}, {megabytes(figures)}"

    def lines(self, results):
        speed = medians(results, "images_per_second")
        made = line(self.name, speed, rate, self.target, max, self.published)
        made.mean = self.mode
        yield made
        if self.memory:
            peak = medians(results, "peak_rss_mb")
            yield line(f"{self.name}, peak memory", peak, "{:,.0f} MB".format, 1.0, min)


@dataclass
class Imported(Speed):
    """Images a second of an ONNX file as its exporter wrote it; network is the file's name."""

    def __post_init__(self):
        self.name = f"{self.network}-b{self.batch}"

    def lines(self, results):
        for made in super().lines(results):
            made.mean = "imported"
            yield made


@dataclass
class Scaling:
    """What all threads give Stride over one."""

    network: str
    mode: str
    batch: int
    target: float
    size = None
    file = None
    name: str = field(init=False)

    def __post_init__(self):
        self.name = f"{self.network}-{self.mode}-b{self.batch}-scaling"

    def entries(self, contestants, options):
        return {
            f"{threads}": lambda t=threads: contestants["Stride"].measure(self, t, options.steps)
            for threads in [1, options.threads]
        }

    def text(self, figures):
        return rate(figures["images_per_second"])

    def lines(self, results):
        speed = medians(results, "images_per_second")
        threads = list(results)[-1]
        made = Line(f"{self.name}, 1 to {threads} threads", {}, target=f"at least {self.target}")
        made.cells["Stride"] = " to ".join(rate(figure) for figure in speed.values())
        if len(speed) == 2:
            made.ratio = speed[threads] / speed["1"]
            made.reached = made.ratio >= self.target
        yield made


@dataclass
class Painting:
    """Steps a second in which a photo's pixels are changed, Stride's over PyTorch's."""

    network: str
    method: str
    size: tuple
    target: float
    name: str = field(init=False)

    # Where --steps says nothing.
    STEPS = 30

    def __post_init__(self):
        self.name = f"{self.network}-painting-{self.method}"

    def entries(self, contestants, options):
        steps = options.steps or self.STEPS
        return {
            name: lambda c=contestants[name]: c.paint(self, options.threads, steps)
            for name in ["Stride", "PyTorch"]
            if name in contestants
        }

    def text(self, figures):
        return a_step(figures["steps_per_second"])

    def lines(self, results):
        speed = medians(results, "steps_per_second")
        yield line(self.name, speed, a_step, self.target, max)


@dataclass
class ColdStart:
    """From the start of a process to its first prediction, weights and picture from disk."""

    seconds: float
    megabytes: float
    name: str = "resnet18-cold-start"

    def entries(self, contestants, options):
        contestants["Stride"].save_resnet18(options.cache)
        return {
            name: lambda c=contestants[name]: c.predict(options.cache, options.threads)
            for name in ["Stride", "ONNX Runtime"]
            if name in contestants
        }

    def text(self, figures):
        return f"{figures['seconds']:.2f} s, {megabytes(figures)}"

    def lines(self, results):
        seconds = medians(results, "seconds")
        peak = medians(results, "peak_rss_mb")
        cells = {name: f"{seconds[name]:.2f} s, {peak[name]:,.0f} MB" for name in seconds}
        made = Line(self.name, cells)
        made.target = f"at most {self.seconds} s, {self.megabytes} MB"
        if "Stride" in seconds:
            made.reached = seconds["Stride"] <= self.seconds and peak["Stride"] <= self.megabytes
            if "ONNX Runtime" in seconds:
                made.ratio = seconds["Stride"] / seconds["ONNX Runtime"]
        yield made


ROWS = [
    Speed("lenet5", "training", 64, ["PyTorch"], 2.5, published=18957),
    Speed("resnet18", "inference", 1, ["PyTorch", "TorchScript", "ONNX Runtime"], 1.2),
    Speed("resnet18", "inference", 16, ["PyTorch", "TorchScript", "ONNX Runtime"], 1.2),
    Speed("resnet18", "training", 16, ["PyTorch"], 1.3, memory=True),
    Scaling("resnet18", "training", 16, 1.8),
    Speed("vgg16", "inference", 8, ["PyTorch", "TorchScript", "ONNX Runtime"], 1.5),
    Speed("vgg16", "training", 8, ["PyTorch"], 1.3),
    Speed("resnet20", "training", 128, ["PyTorch"], 1.5),
    Speed("mobilenet_v2", "inference", 1, ["TorchScript", "ONNX Runtime"], 1.0),
    Speed("fastestdet", "inference", 1, ["ONNX Runtime"], 1.2),
    Speed("ssdlite320_mobilenet_v3_large", "inference", 1, ["PyTorch"], 1.3),
    Speed("ssdlite320_mobilenet_v3_large", "training", 8, ["PyTorch"], 1.3),
    Speed("fasterrcnn_resnet50_fpn", "inference", 1, ["PyTorch"], 1.3),
    Speed("fasterrcnn_resnet50_fpn", "training", 1, ["PyTorch"], 1.3),
    Speed("style", "inference", 1, ["PyTorch", "TorchScript", "ONNX Runtime"], 1.5),
    *(
        Speed(network, "inference", 1, ["PyTorch", "TorchScript", "ONNX Runtime"], 1.5, size=(720, 1280))
        for network in ["style", "style_8"]
    ),
    *(Painting("squeezenet1_1", method, (548, 730), 1.3) for method in ["adam", "lbfgs"]),
    ColdStart(1.0, 300),
]

# A network of each family; --zoo compares them all, and bench/widths takes them at batch 1.
ZOO_NETWORKS = [
    "efficientnet_b0",
    "mobilenet_v3_large",
    "mobilenet_v2",
    "squeezenet1_1",
    "shufflenet_v2_x1_0",
    "resnext50_32x4d",
    "alexnet",
    "googlenet",
    "resnet50",
    "inception_v3",
    "densenet121",
    "resnet18",
    "vgg16",
]


def zoo_batch(network):
    """16 images; 8 of VGG-16, which takes gigabytes for them."""
    return 8 if network == "vgg16" else 16


ZOO = [
    *(
        Speed(network, "inference", batch, ["ONNX Runtime"], 1.0)
        for network in ZOO_NETWORKS
        for batch in [1, zoo_batch(network)]
    ),
    *(
        Speed(network, "training", batch, ["PyTorch"], 1.2, memory=True)
        for network, batch in [
            *((network, zoo_batch(network)) for network in ZOO_NETWORKS),
            ("resnet20", 128),
            ("lenet5", 64),
        ]
    ),
]

# What the geometric means of the ratios of all rows of ZOO, and of all files, are to be.
MEANS = {"inference": 1.3, "training": 1.5, "imported": 1.2}

# Files of several exporters, which --onnx compares.
ONNX_FILES = [
    "face-rfb320-opset9",
    "yolox-nano-opset11",
    "deeplabv3-mobilenetv2-tf2onnx-opset9",
    "style-mosaic-8-channels",
]


def imported(folder):
    """The rows of the files in a folder."""
    return [
        Imported(name, "inference", 1, ["ONNX Runtime"], 1.0, file=folder / f"{name}.onnx")
        for name in ONNX_FILES
    ]


def means(lines, all_rows):
    """More lines: the geometric means of the ratios of some of the lines, of all rows that there are."""
    for mode, target in MEANS.items():
        parts = [part for part in lines if part.mean == mode and part.ratio is not None]
        rows = len(all_rows) if mode == "imported" else sum(row.mode == mode for row in all_rows)
        if parts:
            which = f"all {rows}" if len(parts) == rows else f"{len(parts)} of {rows}"
            made = Line(f"geometric mean of {which} {mode} rows", {}, target=f"at least {target}")
            made.ratio = geometric_mean(part.ratio for part in parts)
            made.reached = made.ratio >= target if len(parts) == rows else None
            made.certain = all(part.certain for part in parts)
            yield made


def medians(results, key):
    """The median of a figure for each that has one."""
    figures = {
        name: [run[key] for run in runs if run.get(key) is not None]
        for name, runs in results.items()
    }
    return {name: median(values) for name, values in figures.items() if values}


def line(name, figures, text, target, best, published=None):
    """Stride's figure over the best peer's: at least the target if more is better, else at most."""
    made = Line(name, {who: text(figure) for who, figure in figures.items()})
    made.target = f"at {'least' if best is max else 'most'} {target}"
    peers = [figure for who, figure in figures.items() if who != "Stride"]
    if published is not None and peers:
        peers.append(published)
        made.target += f" times {text(max(peers))}"
    if peers and "Stride" in figures:
        made.ratio = figures["Stride"] / best(peers)
        made.reached = made.ratio >= target if best is max else made.ratio <= target
    return made


def rate(figure):
    """Images a second, to three digits at least."""
    return f"{figure:,.{0 if figure >= 100 else 1 if figure >= 10 else 2}f} images/s"


def a_step(figure):
    """Seconds of a step, of which there are so many a second."""
    return f"{1 / figure:.3f} s a step"


def megabytes(figures):
    peak = figures.get("peak_rss_mb")
    return "memory unknown" if peak is None else f"{peak:,.0f} MB"
