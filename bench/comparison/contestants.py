"""Stride and its peers: each measures a network in a process of its own."""

import json
import os
import sys
from pathlib import Path

from .process import Failure, run

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
PEERS = BENCH / "peers"
SOURCES = BENCH / "src" / "main" / "java" / "stride" / "bench"

ORT_VERSION = "1.29.0"
ORT_ARTIFACT = f"com.microsoft.onnxruntime:onnxruntime:{ORT_VERSION}"

# Memory that was used once stays with the process: without it PyTorch gives every activation back
# to the system and faults it in again, step by step.
TORCH_ENVIRONMENT = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456",
}


def last_json(text):
    """The JSON object that a program printed last."""
    try:
        return json.loads(text.strip().splitlines()[-1])
    except (IndexError, ValueError):
        raise Failure("it printed no JSON") from None


class Stride:
    """The checkout that this script is in."""

    name = "Stride"

    def __init__(self):
        self.modules = ROOT / "app" / "target" / "stride"
        # Builds it, if need be, and asks for the JVM that the launcher found.
        asked = run(
            [ROOT / "stride", "networks"],
            {"STRIDE_JAVA_OPTS": f"{options()} -XshowSettings:properties"},
            error_too=True,
        )
        self.settings = dict(
            line.strip().partition(" = ")[::2] for line in asked.stdout.splitlines()
        )
        self.java_home = Path(self.settings["java.home"])
        self.java = self.java_home / "bin" / "java"

    def source(self, program, *arguments):
        """Runs a program of the module bench from source, on Stride's own modules."""
        modules = "jdk.incubator.vector,stride.zoo"
        path = SOURCES / f"{program}.java"
        return run([self.java, "-p", self.modules, "--add-modules", modules, path, *arguments])

    def measure(self, row, threads, steps=None, java=""):
        """One run of a row, with more options of the JVM: the figures, and the run."""
        measured = row.file or row.network
        command = [ROOT / "stride", "bench", measured, "--mode", row.mode, "--json"]
        command += ["--batch", row.batch, "--threads", threads]
        command += ["--input", "%dx%dx3" % row.size] if row.size else []
        command += ["--steps", steps] if steps else []
        done = run(command, {"STRIDE_JAVA_OPTS": f"{options()} {java}"})
        return last_json(done.stdout), done

    def paint(self, row, threads, steps):
        """Steps of a photo's painting."""
        done = self.source("PaintingSteps", row.network, row.method, *row.size, threads, steps)
        return last_json(done.stdout), done

    def predict(self, cache, threads):
        """One prediction by a process of its own."""
        model, picture = cache / "resnet18.safetensors", cache / "picture.png"
        done = run([ROOT / "stride", "predict", model, picture, "--threads", threads])
        return {"seconds": done.seconds, "peak_rss_mb": done.peak_rss_mb}, done

    def machine(self, threads):
        """Which kernels run here and the CPU's peak, and the CPU seconds that it took to know."""
        done = self.source("Machine", threads)
        return last_json(done.stdout), done.cpu_seconds

    def save_resnet18(self, cache):
        """Writes the model and the picture that a cold start reads."""
        self.source("SaveModel", "resnet18", cache / "resnet18.safetensors", cache / "picture.png")


class Torch:
    """PyTorch, eager and channels last."""

    name = "PyTorch"
    arguments = []

    def __init__(self, python):
        self.python = python

    def measure(self, row, threads, steps=None):
        command = [self.python, PEERS / "torch_peer.py", row.network, "--mode", row.mode]
        command += ["--batch", row.batch, "--threads", threads, *self.arguments]
        command += ["--size", *row.size] if row.size else []
        command += ["--steps", steps] if steps else []
        done = run(command, {**TORCH_ENVIRONMENT, "OMP_NUM_THREADS": str(threads)})
        return last_json(done.stdout), done


    def paint(self, row, threads, steps):
        command = [self.python, PEERS / "torch_peer.py", row.network, "--paint", row.method]
        command += ["--size", *row.size, "--threads", threads, "--steps", steps]
        done = run(command, {**TORCH_ENVIRONMENT, "OMP_NUM_THREADS": str(threads)})
        return last_json(done.stdout), done


class TorchScript(Torch):
    """PyTorch, traced, frozen and optimised for inference."""

    name = "TorchScript"
    arguments = ["--script"]


class OnnxRuntime:
    """ONNX Runtime through its Java interface, on models that PyTorch exported."""

    name = "ONNX Runtime"

    def __init__(self, jar, java_home, python, cache):
        self.python = python
        self.cache = cache
        classes = cache / "classes"
        compiler = java_home / "bin" / "javac"
        run([compiler, "-d", classes, "-cp", jar, PEERS / "OrtPeer.java"])
        path = f"{jar}{os.pathsep}{classes}"
        java = java_home / "bin" / "java"
        self.command = [java, "--enable-native-access=ALL-UNNAMED", "-cp", path, "OrtPeer"]

    def model(self, network, batch, size=None):
        """The exported model, from the cache if it is there."""
        suffix = "-%dx%d" % size if size else ""
        file = self.cache / f"{network}{suffix}-b{batch}.onnx"
        if not file.exists():
            if self.python is None:
                raise Failure(f"PyTorch is needed to export {file.name}")
            part = file.with_suffix(".part")
            peer = PEERS / "torch_peer.py"
            command = [self.python, peer, network, "--batch", batch, "--export", part]
            run(command + (["--size", *size] if size else []))
            part.rename(file)
        return file

    def measure(self, row, threads, steps=None):
        model = row.file or self.model(row.network, row.batch, row.size)
        done = run([*self.command, row.network, model, threads] + ([steps] if steps else []))
        return last_json(done.stdout), done

    def predict(self, cache, threads):
        model = self.model("resnet18", 1)
        done = run([*self.command, "predict", model, threads, cache / "picture.png"])
        return {"seconds": done.seconds, "peak_rss_mb": done.peak_rss_mb}, done


def options():
    return os.environ.get("STRIDE_JAVA_OPTS", "")


def find_torch():
    """A Python that has PyTorch and its versions; a Failure that says what to install."""
    for python in [os.environ.get("STRIDE_BENCH_PYTHON"), sys.executable, "/usr/bin/python3"]:
        if python:
            try:
                done = run([python, PEERS / "torch_peer.py", "--version"], TORCH_ENVIRONMENT)
                return python, last_json(done.stdout)
            except (Failure, OSError):
                continue
    raise Failure(
        "PyTorch was not found: install Debian's python3-torch, python3-torchvision, python3-onnx,"
        " python3-numpy and libopenblas0-openmp, or set STRIDE_BENCH_PYTHON to a Python with them."
    )


def find_onnx_runtime():
    """The jar of ONNX Runtime; a Failure that says how to get it."""
    given = os.environ.get("ONNXRUNTIME_JAR")
    local = Path.home() / ".m2" / "repository" / "com" / "microsoft" / "onnxruntime"
    jar = Path(given or local / "onnxruntime" / ORT_VERSION / f"onnxruntime-{ORT_VERSION}.jar")
    if not jar.is_file():
        raise Failure(
            f"ONNX Runtime was not found: run mvn dependency:get -Dartifact={ORT_ARTIFACT}, or set"
            " ONNXRUNTIME_JAR to its jar."
        )
    return jar
