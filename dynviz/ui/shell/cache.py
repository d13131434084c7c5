"""The only caches of the app, all bounded; shared by all visitors, who cannot change what lies in them.

A model takes about 45 MB of its own (layers and heads; embeddings are shared), so twelve stay near 550 MB, which with some 600 MB
for torch, transformers and streamlit leaves room below 1.5 GB for traces of a few hundred KB. Models on a base whose layers are shared hold
updates alone; the base takes 440 MB, once (`loads`). Keys are names and texts, never objects; what is cached of a text holds no model, so
that a model that has left the cache is freed.
"""

import gc
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dynviz import api
from dynviz.errors import InputError, NoMemory
from dynviz.measure import risk
from dynviz.measure.risk import Loss, Promise
from dynviz.records import Interventions, Stream, Sweep, Trace
from dynviz.records.card import Card, Kind, Learned, Picture
from dynviz.records.files import exists
from dynviz.records.pair import Golden, Pair
from dynviz.ui.shell import loads, text
from dynviz.ui.shell.operator import allowed

if TYPE_CHECKING:
    from dynviz.api import Model
    from dynviz.records import Floats
    from dynviz.records.backbones import Backbones
    from dynviz.records.baseline import Baseline
    from dynviz.records.domain import Domain
    from dynviz.records.pooling import Pooling
    from dynviz.records.pruned import Pruned
    from dynviz.records.reproduced import Reproduced
    from dynviz.records.settled import Settled
    from dynviz.records.times import Times
    from dynviz.records.word_readings import WordReadings
    from dynviz.records.word_settling import ReadBack, StatesNear
    from dynviz.records.zoo import Zoo
    from dynviz.runtime import Progress

log = logging.getLogger("dynviz.ui")
MODELS = 12
JOINED = "joined"  # in a session: the names of the checkpoints that only its visitor sees
TIMED = 64  # models whose measured times are kept, some KB each
WARM_UP_AFTER = 3.0  # seconds: the visitor's browser, often on the same machine, draws first
_turns = threading.Semaphore(2)  # more at once gains nothing on a few cores, and costs memory

P = ParamSpec("P")
T = TypeVar("T")
Knobs = tuple[tuple[str, float], ...]


def key(knobs: Mapping[str, float]) -> Knobs:
    """Knob settings as part of a cache key."""
    return tuple(sorted(knobs.items()))


@contextmanager
def turn() -> Iterator[None]:
    """A context in which few computations run at a time, each on one thread."""
    with _turns:
        api.one_thread()
        yield


@st.cache_resource(max_entries=1, show_spinner=False)
def warm_up() -> None:
    """Once per server, soon after the first screen is drawn: import what the first run of a model needs, in the background."""
    timer = threading.Timer(WARM_UP_AFTER, warmed)
    timer.daemon = True
    timer.start()


def warmed() -> None:
    """Import it now: for what opens a model in another way than `model` does."""
    api.warm()
    _keep()


def _keep() -> None:
    """Leave all there is out of later garbage collections: Streamlit collects after every run of a script, and going through what torch
    and the models have brought would take a quarter of a second, during which no visitor's script runs.

    What has become garbage since the last time is collected first; objects without cycles, models among them, are freed as ever.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def _everything() -> tuple[tuple[api.Checkpoint, ...], int]:
    """All checkpoints, further seeds among them; and how many folders cannot be used. Which, and why, is the operator's to know: their
    paths are for the log alone."""
    problems: list[str] = []
    found = api.checkpoints(problems=problems, repeats=True)
    found += api.gathered(allowed().folders, problems, found)
    taken = {c.name for c in found}
    found += [one for c in found for one in api.variants(c) if one.name not in taken]
    for problem in problems:
        told(f"left out: {problem}")
    return tuple(sorted(found, key=lambda c: (c.task.unit == "sentence", c.config.task, c.name))), len(problems)


@lru_cache(1024)
def told(problem: str) -> None:
    """Write what the operator should mend to the server's log, once."""
    log.warning("%s", problem)


@contextmanager
def files_of(name: str) -> Iterator[None]:
    """A context in which a checkpoint's files are read: what is wrong with them is written to the log, and said without their path."""
    try:
        yield
    except InputError as error:
        told(str(error))
        what, why, do = text.NO_MEMORY if isinstance(error, NoMemory) else text.UNREADABLE_FILES
        raise InputError(what.format(name=checkpoint(name).config.title), why, do.format(name=name)) from None


@st.cache_resource(max_entries=1, show_spinner=False)
def _joined() -> dict[str, api.Checkpoint]:
    """Checkpoints that visitors had made, by names that nobody guesses: who knows one may see it. For menus each sees his own alone."""
    return {}


def join(folder: Path) -> api.Checkpoint:
    """Let this visitor's session see the checkpoint of a folder, on every page."""
    found, there = api.checkpoint_at(folder), _joined()
    for name in [name for name, one in there.items() if not exists(one.folder)]:
        there.pop(name, None)
    there[found.name] = found
    rejoin(found.name)
    return found


def rejoin(name: str) -> bool:
    """The same for one that some session joined, by its name, from a link; whether there is one."""
    if name not in _joined():
        return False
    st.session_state.setdefault(JOINED, {})[name] = True
    return True


def _own() -> list[api.Checkpoint]:
    """What this visitor's session joined, as far as it is still there; outside of a session nothing."""
    names = st.session_state.get(JOINED, ()) if get_script_run_ctx(suppress_warning=True) else ()
    return [found for name in names if (found := _joined().get(name)) and exists(found.folder)]


def _known() -> tuple[api.Checkpoint, ...]:
    """All that can be asked for by name."""
    return (*_everything()[0], *_joined().values())


def known(name: str) -> bool:
    """Whether a checkpoint of this name is there, for whoever knows it."""
    return any(c.name == name and exists(c.folder) for c in _known())


def catalogue() -> tuple[tuple[api.Checkpoint, ...], int]:
    """All models, bundled, the operator's and the visitor's own, by task and name; and how many folders cannot be used."""
    found, left_out = _everything()
    return (*(c for c in found if c.config.repeats is None), *_own()), left_out


def repeats(name: str) -> tuple[api.Checkpoint, ...]:
    """The same training as this checkpoint's with other seeds."""
    return tuple(c for c in _everything()[0] if c.config.repeats == name)


def checkpoint(name: str) -> api.Checkpoint:
    """The checkpoint of this name."""
    return next(c for c in _known() if c.name == name)


def training_seeds(names: Iterable[str]) -> dict[str, Any]:
    """The seeds with which checkpoints were trained, of those that are here and say so."""
    wanted = set(names)
    return {c.name: c.config.trained["seed"] for c in _known() if c.name in wanted and "seed" in c.config.trained}


@st.cache_resource(max_entries=64, show_spinner=False)
def card(name: str) -> Card:
    """The description of the checkpoint's method."""
    with files_of(name):
        return api.card(checkpoint(name))


@st.cache_resource(max_entries=128, show_spinner=False)
def kind(name: str) -> Kind | None:
    """What stops under the checkpoint's method; None where neither what is stored with it nor the method's file says it. For menus: no
    method is imported for it."""
    own = checkpoint(name)
    found, free = api.stored_card(own), api.untrained().get(own.config.method)
    return found.kind if found else free.kind if free else None


@st.cache_resource(max_entries=128, show_spinner=False)
def knob_names(name: str) -> Mapping[str, str]:
    """What the knobs of a model are called on screen, by their names in code; nothing for a model that is not here."""
    own = next((c for c in _known() if c.name == name), None)
    if own is None:
        return {}
    alike = (c for c in _everything()[0] if c.config.method == own.config.method)
    stored = next(filter(None, map(api.stored_card, alike)), None)
    return {knob.name: knob.label for knob in (stored or card(name)).knobs}


@st.cache_resource(max_entries=32, show_spinner=False)
def learned(name: str) -> "tuple[tuple[Picture, Learned], ...]":
    """What the method of a checkpoint learned beside its classifiers and holds worth a picture."""
    with files_of(name):
        return tuple(api.learned(checkpoint(name)))


@st.cache_resource(max_entries=32, show_spinner=False)
def golden(name: str) -> Golden:
    """The stored traces of a checkpoint, and which of them are for the first screen."""
    with files_of(name):
        return api.stored_golden(checkpoint(name))


def stored_pairs(name: str) -> tuple[Pair, ...]:
    """The stored traces alone."""
    return golden(name).pairs


@st.cache_resource(max_entries=8, show_spinner=False)
def examples(task: str) -> dict[str, api.Example]:
    """The bundled texts of a task, by id, and those of its lessons."""
    return {example.id: example for example in (*api.examples(task), *api.lesson_examples(task))}


def _once_loaded(asked: "Callable[Concatenate[str, P], T]") -> "Callable[Concatenate[str, P], T]":
    """The same, once the layers are there that this model shares with others: they are waited for outside of what is cached, which
    cannot show how far they are."""

    @wraps(asked)
    def answer(name: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        found = checkpoint(name)
        with files_of(name):
            if found.base:
                loads.base(found.base, max(found.stage_layers))
        return asked(name, *args, **kwargs)

    return answer


@_once_loaded
@st.cache_resource(max_entries=MODELS, show_spinner=text.LOADING)
def model(name: str) -> "Model":
    """The loaded model of a checkpoint."""
    with files_of(name):
        found = api.load(checkpoint(name))
    _keep()
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _full_run(name: str, words: str) -> tuple[Any, Any]:
    loaded = model(name)  # who waits for it takes nobody's turn
    with turn():
        found = api.analyse(loaded, words)
    return found.pieces, found.full_run


def analysis(name: str, words: str) -> api.Analysis:
    """A text run once, at full depth, by the model of this name."""
    allowed().text(words)
    loaded = model(name)
    pieces, run = _full_run(name, words)
    return api.Analysis(loaded, pieces, run)


@_once_loaded
@st.cache_resource(max_entries=128, show_spinner=False)
def trace(name: str, words: str, knobs: Knobs) -> Trace:
    """What the model of this name does to a text at these settings: replayed where the method permits, else run."""
    found = analysis(name, words)
    with turn():
        return found.at(dict(knobs))


@_once_loaded
@st.cache_resource(max_entries=64, show_spinner=False)
def settled(name: str, words: str) -> "Settled | None":
    """From which layer on the answers of a text never change."""
    found = analysis(name, words)
    with turn():
        return api.settled(found)


@_once_loaded
@st.cache_resource(max_entries=64, show_spinner=False)
def intervened(name: str, words: str, knobs: Knobs, forced: Interventions) -> Trace:
    """A text run again with some decisions forced."""
    found = analysis(name, words)
    with turn():
        return api.intervene(found, dict(knobs), forced)


@_once_loaded
@st.cache_resource(max_entries=64, show_spinner=False)
def states_near(name: str, words: str) -> "StatesNear":
    """How near each word's state comes to its last one, layer by layer, with nothing stopped: in the pre-trained model under the one of
    this name, where that ships whole, else in it."""
    allowed().text(words)
    found, base = model(name), checkpoint(name).base
    with files_of(name):
        whole = None if base is None else api.whole_base(base)
    with turn():
        return api.states_near(found, words, whole)


@st.cache_resource(max_entries=1, show_spinner=text.LOADING)
def _reader(base: str) -> Any:
    """The heads of a base, some 10 MB; the base itself is shared with the models on it."""
    found = api.load_reader(Path(base))
    _keep()
    return found


@st.cache_resource(max_entries=64, show_spinner=False)
def _read_back(base: str, words: str, asked: range) -> "ReadBack":
    found = _reader(base)
    with turn():
        return api.read_back(found, words, asked)


@_once_loaded
def read_back(name: str, words: str, asked: range) -> "ReadBack":
    """How guessable these words of a text are, read from the base that the model of this name stands on, which must have heads."""
    allowed().text(words)
    with files_of(name):
        base = api.hidden_words(checkpoint(name))
        assert base is not None
        return _read_back(str(base), words, asked)


@st.cache_resource(max_entries=32, show_spinner=False)
def guessing(name: str) -> api.Guessing | None:
    """What the heads reach that lie beside the base of this model; None where none do, or where they cannot be read."""
    try:
        base = api.hidden_words(checkpoint(name))
        return None if base is None else api.guessing(base)
    except InputError as error:
        told(str(error))
        return None


@_once_loaded
@st.cache_resource(max_entries=16, show_spinner=False)
def frozen_card(name: str, words: str, knobs: Knobs) -> str:
    """A text under a model at every setting of its knob, as one HTML file of at most 300 KB."""
    found = model(name)
    with turn():
        return api.frozen_card(found, words, dict(knobs), checkpoint=checkpoint(name))


@_once_loaded
@st.cache_resource(max_entries=512, show_spinner=False)
def milliseconds(name: str, words: str, plan: str, _knobs: Knobs) -> float:
    """Measured time at these settings; settings that compute the same (`plan`), full depth among them, are measured once."""
    found = analysis(name, words)
    with turn():
        return found.milliseconds(dict(_knobs), repeats=3)


@st.cache_resource(max_entries=144, show_spinner=False)
def sweep(name: str, split: str) -> Sweep | None:
    """The shipped operating points of a checkpoint over a split, about a megabyte; its intervals are kept with it."""
    with files_of(name):
        return api.stored_sweep(checkpoint(name), split)


@st.cache_resource(max_entries=256, show_spinner=False)
def at(name: str, split: str, knobs: Knobs) -> Sweep | None:
    """Full depth and exactly this setting of a checkpoint over a split; None where its shipped numbers do not give it."""
    with files_of(name):
        return api.stored_at(checkpoint(name), split, dict(knobs))


@st.cache_resource(max_entries=256, show_spinner=False)
def promise(name: str, loss: Loss, delta: float, eps: float) -> Promise:
    """The boldest setting of a checkpoint that keeps a promise on the calibration split, checked on the evaluation split."""
    found = sweep(name, "calibration")
    assert found is not None
    return risk.promise(found, sweep(name, "report"), card(name).knobs[0], delta, eps, loss)


@st.cache_resource(max_entries=32, show_spinner=False)
def stream(name: str, policy: str, knobs: Knobs) -> tuple[Stream, ...]:
    """A policy played over the shipped readings of a checkpoint, in five orders; a tenth of a second."""
    with files_of(name):
        return tuple(api.stream(checkpoint(name), dict(knobs), policy))


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def zoo() -> "Zoo":
    """What all methods of each task reach beside each other, as stored."""
    try:
        return api.zoo()
    except InputError as error:
        told(str(error))
        raise InputError(*text.UNREADABLE_ZOO) from None


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def held_on() -> "Backbones":
    """Which findings hold on another backbone, as stored; a file that does not fit is left out, for the operator to mend."""
    try:
        return api.stored_backbones()
    except InputError as error:
        told(str(error))
        return {}


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def reproduced() -> "Reproduced":
    """What others report beside what was found here, as stored; a file that does not fit is left out, for the operator to mend."""
    try:
        return api.stored_reproduced()
    except InputError as error:
        told(str(error))
        return {}


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def pooling() -> "Pooling | None":
    """What can be read off [CLS] and off the mean, as stored; a file that does not fit is left out, for the operator to mend."""
    try:
        return api.stored_pooling()
    except InputError as error:
        told(str(error))
        return None


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def word_readings() -> "WordReadings | None":
    """When words settle, over many of them, as stored; a file that does not fit is left out, for the operator to mend."""
    try:
        return api.stored_words()
    except InputError as error:
        told(str(error))
        return None


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def domain() -> "Domain | None":
    """What a change of domain does, as stored; a file that does not fit is left out, for the operator to mend."""
    try:
        return api.stored_domain()
    except InputError as error:
        told(str(error))
        return None


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def pruned() -> "Pruned":
    """Whether the tokens that models drop matter, as stored."""
    try:
        return api.pruned()
    except InputError as error:
        told(str(error))
        raise InputError(*text.UNREADABLE_PRUNED) from None


@st.cache_resource(max_entries=48, show_spinner=False)
def energy(name: str, split: str, also: Knobs = ()) -> "Floats | None":
    """Relative energy of a checkpoint's operating points over a split, one more setting among them; None where its method foresees no
    exits."""
    with files_of(name):
        return api.stored_energy(checkpoint(name), split, [dict(also)] if also else ())


@st.cache_resource(max_entries=1, show_spinner=False)
def _measured_here() -> "dict[str, Times]":
    return {}


@st.cache_resource(max_entries=1, ttl=60, show_spinner=False)
def _shipped_times() -> "dict[str, Times]":
    """Those of a file that does not fit are left out, for the operator to mend: what is missing can be measured here."""
    try:
        return api.stored_times()
    except InputError as error:
        told(str(error))
        return {}


def times(name: str) -> "Times | None":
    """How long the layers of a model take: on this machine where somebody has asked since the server began, else as shipped, on the
    machine that is named in it; None where neither is known."""
    return times_here(name) or times_shipped(name)


def times_here(name: str) -> "Times | None":
    """The times of a model on this machine, where they were measured."""
    return _measured_here().get(checkpoint(name).digest)


def times_shipped(name: str) -> "Times | None":
    """The times of a model that ship, on the machine that is named in them."""
    return _shipped_times().get(checkpoint(name).digest)


def times_alike(names: Iterable[str]) -> "dict[str, Times]":
    """The times of several models, all of one machine, so that they can be compared: this one where all were measured here, else those
    that ship; a model that has none is left out."""
    wanted = list(names)
    chosen = times_here if all(times_here(name) for name in wanted) else times_shipped
    return {name: found for name in wanted if (found := chosen(name)) is not None}


def measure(name: str, progress: "Progress") -> None:
    """Measure it, a few seconds, and keep it for everybody."""
    found = model(name)
    with turn():
        taken = api.measure(found, progress)
    kept = _measured_here()
    while len(kept) >= TIMED:
        kept.pop(next(iter(kept)), None)
    kept[checkpoint(name).digest] = taken


@st.cache_resource(max_entries=48, show_spinner=False)
def baselines(name: str, split: str) -> "tuple[Baseline, ...]":
    """Random and oracle exit of a checkpoint over a split, where its readings allow them."""
    with files_of(name):
        return tuple(api.stored_baselines(checkpoint(name), split))


@st.cache_resource(max_entries=8, show_spinner=False)
def static_line(task: str, split: str, backbone: str | None = None) -> "Baseline | None":
    """The plain model cut at each depth, over a split. backbone: as in `api.static_line`."""
    return api.static_line(task, split, backbone=backbone)
