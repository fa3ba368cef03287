"""Runs one program to its end and counts what it took."""

import os
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass


class Failure(Exception):
    """A run that gave no figure; the message is one sentence for people."""


@dataclass
class Run:
    stdout: str
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float


def run(command, environment=None, error_too=False, timeout=900):
    """Runs a command; a Failure if it fails or takes longer than so many seconds."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, **(environment or {})},
        )
        late = threading.Timer(timeout, process.kill)
        late.start()
        try:
            # Popen's own wait would throw away how much memory and CPU time it took.
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            late.cancel()
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise Failure(reason(command, process.returncode, read(err), seconds, timeout))
        text = read(out) + (read(err) if error_too else "")
        return Run(text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def read(file):
    file.seek(0)
    return file.read().decode(errors="replace")


def reason(command, status, stderr, seconds, timeout):
    program = os.path.basename(str(command[0]))
    if status == -signal.SIGKILL and seconds >= timeout:
        return f"{program} was ended after {timeout:.0f} seconds"
    lines = [line for line in stderr.splitlines() if line.strip()]
    return f"{program} ended with {status}: {lines[-1].strip() if lines else 'it said nothing'}"
