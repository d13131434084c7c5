"""What no input may do, and how it is noticed: processor time, memory, sentences that are none, answers that are no numbers."""

import os
import re
import resource
import signal
import unicodedata
from pathlib import Path

import numpy as np

from dynviz.errors import InputError
from dynviz.records import Trace

PROCESSOR = 2.0  # seconds of a case, all threads together
KILLED = 4.0  # seconds at which the kernel ends it, whatever it is in
WAITED = 150.0  # seconds by the clock: it waits for something that does not come; a busy machine gives four of processor in less
MEMORY = 300  # MB above what the process had when the case began
ROOM = 2_000  # MB above it, and no more is given
SENTENCE = 600  # characters


class Wrong(Exception):
    """An input was accepted, and what came of it is wrong."""


def limited() -> None:
    """From here on the kernel gives this process little more memory than it has."""
    if Path("/proc/self/status").exists():
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_status("VmData") + ROOM * 1_000_000, hard))


def armed() -> None:
    """From here on the kernel ends this process when its time is over."""
    signal.setitimer(signal.ITIMER_PROF, KILLED)
    signal.setitimer(signal.ITIMER_REAL, WAITED)


def disarmed() -> None:
    """No longer."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


def held() -> int:
    """Bytes of memory this process has now; what it had at most is counted anew from here on."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
        return _status("VmRSS")
    except OSError:  # no such thing on this system: what it had at most so far
        return most()


def most() -> int:
    """Bytes of memory this process had at most, since `held` where the system can tell."""
    try:
        return _status("VmHWM")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if os.uname().sysname == "Darwin" else 1024)


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found, name
    return int(found[1]) * 1024


def fault(error: InputError, hidden: str) -> str:
    """Why this is not one clear sentence, "" where it is. hidden: a folder's path that it must not tell, or ""."""
    said = str(error)
    if not all(isinstance(part, str) and part.strip() for part in (error.what, error.why, error.do)):
        return "a part of the sentence is blank"
    if len(said) > SENTENCE:
        return "the sentence is too long"
    if odd := {unicodedata.category(c) for c in said} & {"Cc", "Cs", "Zl", "Zp"}:
        return f"the sentence holds characters of category {', '.join(sorted(odd))}"
    if "Traceback" in said or re.search(r"<.* object at 0x|File \"", said):
        return "the sentence shows the inside of the program"
    return "the sentence tells a path of the server" if hidden and hidden in said else ""


def sound(trace: Trace) -> None:
    """Wrong unless every number of a run's record is one, where something was read."""
    for name, values in {**trace.readings, "probs": trace.probs, "answer": trace.answer}.items():
        if np.isinf(values).any():
            raise Wrong(f"{name} is infinite")
    units = trace.leads if trace.unit == "token" else np.ones(len(trace.answer), bool)
    if not np.isfinite(trace.answer[units]).all():
        raise Wrong("an answer is NaN")
    if not np.allclose(trace.answer[units].sum(-1), 1, atol=1e-3):
        raise Wrong("an answer's probabilities do not add up to 1")
    derived(trace)


def derived(trace: Trace) -> None:
    """Wrong unless what follows from a record makes sense."""
    if not (trace.depth >= 0).all() or not 0 <= trace.exit_layer <= len(trace.layers):
        raise Wrong("a depth lies outside the layers")
    if trace.flops < 0 or trace.plain_flops <= 0 or not np.isfinite(trace.share):
        raise Wrong("the compute is no number")
    if len(trace.predicted) != len(trace.answer) or trace.dropped_at.shape != trace.depth.shape:
        raise Wrong("what was answered is not of the record's shape")
