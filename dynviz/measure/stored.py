"""The files of numbers beside a checkpoint, each read only where it is that checkpoint's own: readings, operating points, golden traces."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dynviz.checkpoint import golden
from dynviz.checkpoint.cards import card
from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.errors import InputError
from dynviz.records import Recorded, Sweep
from dynviz.records.files import printable, why_not
from dynviz.records.pair import Golden, Pair
from dynviz.records.storage import read_recorded, read_sweep

if TYPE_CHECKING:
    from dynviz.core.method import Method


def stored_run(checkpoint: Checkpoint, split: str) -> tuple[Recorded, dict[str, Any]] | None:
    """The recorded readings at full depth of every example of a split ("calibration", "report"), and what is said about it; None where no
    readings ship; an InputError where they are not this checkpoint's. Needs no torch."""
    file = checkpoint.recorded(split)
    if file is None:
        return None
    recorded, about = read_recorded(file)
    _belongs(checkpoint, file, about)
    told = (about["classes"], len(recorded.run.sizes), about.get("options", {}))
    _same(checkpoint, file, told, (len(checkpoint.config.labels), checkpoint.layers, checkpoint.config.options))
    return recorded, about


def sweep_in(checkpoint: Checkpoint, file: Path) -> Sweep:
    """A stored sweep, if it is this checkpoint's."""
    sweep = read_sweep(file)
    _belongs(checkpoint, file, {key: getattr(sweep, key) for key in ("model", "method", "task", "digest")})
    _same(checkpoint, file, (sweep.layers, set(sweep.knobs[0])), (checkpoint.layers, {knob.name for knob in card(checkpoint).knobs}))
    answered = max(int(values.max(initial=0)) for values in (sweep.rows.labels, sweep.predicted))
    if answered >= len(checkpoint.config.labels):
        raise _unfit(checkpoint, file, f"they speak of class {answered}, and it has {len(checkpoint.config.labels)}")
    return sweep


def _belongs(checkpoint: Checkpoint, file: Path, about: Mapping[str, Any]) -> None:
    """An InputError where numbers were measured on another checkpoint, or on this one before it was changed; one whose weights do not ship
    cannot be told by its hash."""
    config = checkpoint.config
    _same(checkpoint, file, tuple(about[key] for key in ("model", "method", "task")), (config.name, config.method, config.task))
    if checkpoint.runnable:
        _same(checkpoint, file, about["digest"], checkpoint.digest)


def _same(checkpoint: Checkpoint, file: Path, told: Any, here: Any) -> None:
    if told != here:
        raise _unfit(checkpoint, file, f"they were measured on {printable(str(told), 100)}, and here is {printable(str(here), 100)}")


def _unfit(checkpoint: Checkpoint, file: Path, why: str) -> InputError:
    return InputError(f"The numbers in {file} are not those of {checkpoint.name}", why, "Restore both, or measure it again")


def replayable(checkpoint: Checkpoint, split: str) -> "tuple[Recorded, dict[str, Any], Method] | None":
    """Recorded readings of a split with the rule that replays them; an InputError where they lack what the rule reads."""
    from dynviz.measure import evaluate

    found = stored_run(checkpoint, split)
    if found is None:
        return None
    recorded, about = found
    try:
        method = evaluate.method_of(recorded.run, about)
        lacking = method.reading_units().keys() - {"probs", *recorded.run.readings}
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(f"The options of {checkpoint.name} do not fit", why_not(error), "Correct 'options' in config.json") from None
    if lacking:
        raise _unfit(checkpoint, checkpoint.folder, f"they lack the reading {min(lacking)!r}")
    return recorded, about, method


def stored_golden(checkpoint: Checkpoint) -> Golden:
    """What ships of a few texts, each at its own knobs and at full depth; none where none ships; an InputError where it is not this
    checkpoint's. Needs no torch."""
    found, file = golden.read(checkpoint.folder), checkpoint.folder / "golden.json"
    for trace in (t for pair in found.pairs for t in (pair.trace, pair.full)):
        _belongs(checkpoint, file, {key: getattr(trace, key) for key in ("model", "method", "task", "digest")})
        _same(checkpoint, file, (trace.labels, len(trace.layers)), (tuple(checkpoint.config.labels), checkpoint.layers))
    return found


def stored_pairs(checkpoint: Checkpoint) -> list[Pair]:
    """The stored traces alone, as `stored_golden` reads them."""
    return list(stored_golden(checkpoint).pairs)
