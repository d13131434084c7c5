"""The model of others that is made adaptive: opened, with a method on it whose classifiers are to be fitted."""

import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from dynviz.checkpoint import hf, standing
from dynviz.checkpoint.config import FORMAT, CheckpointConfig, LoraConfig, StageConfig
from dynviz.checkpoint.hf_config import Foreign
from dynviz.checkpoint.standing import Ground
from dynviz.errors import InputError
from dynviz.methods import method_class, methods
from dynviz.methods._ramps import Ramps
from dynviz.records import Unit
from dynviz.records.head import LastHead
from dynviz.records.tasks import CUSTOM, Task

PACKAGES = ("torch", "transformers", "numpy")


@dataclass(frozen=True, eq=False)
class Base:
    """An opened model of others and the checkpoint to be. method: its name."""

    where: str
    ground: Ground
    config: CheckpointConfig

    @property
    def task(self) -> Task:
        """What it answers: its own labels."""
        return self.config.answers()


def opened(
    where: str | Path, method: str | None, name: str, tune: LoraConfig | None = None, pair: bool = False, beside: bool = False,
    title: str | None = None,
) -> Base:  # fmt: skip
    """Open a folder or a Hub id for a method; an InputError where the model cannot be driven, or the method cannot be fitted on it.

    tune: the updates of its encoder that will be trained, if any. pair: it compares two texts. beside: as in `standing.standing_on`. title:
    None for the method's.
    """
    if not isinstance(where, str | Path):
        do = "Pass the folder or the Hub id of a Hugging Face classifier"
        raise InputError("No model to fit on was named", f"{type(where).__name__} was given", do)
    _not_ours(Path(where))
    source = hf.describe(str(where))
    _as_it_is(source, pair)
    kind = fitting_method(method, source.unit, tune is not None)
    ground = standing.ground(source)
    form = hf.head_of(ground.model, source.unit).form
    last = LastHead(hidden=form.hidden, activation=form.activation, norm=form.norm)
    on = standing.standing_on(str(where), source, last, beside)
    sizes = {k: source.raw[k] for k in ("model_type", "num_hidden_layers", "n_layers") if k in source.raw}
    config = CheckpointConfig(
        format=FORMAT, name=name, title=title or method_class(kind).title, method=kind, labels=list(source.labels),
        embeddings=f"base-{on.sha256[:12]}", task=next(task for task, unit in CUSTOM.items() if unit == source.unit), stands_on=on,
        max_length=ground.max_length, pair=pair,
        stages=[StageConfig(name=standing.STAGE, encoder="own", config=sizes, lora=tune)],
        options=standing.options_of(kind, hf.pooling_of(source)),
        trained={"start": on.named, "versions": {p: version(p) for p in PACKAGES}, "when": time.strftime("%Y-%m-%d")},
    )  # fmt: skip
    return Base(str(where), ground, config)


def _not_ours(where: Path) -> None:
    """InputError where the folder holds a checkpoint that is adaptive already."""
    from dynviz.checkpoint.config import is_ours

    if is_ours(where):
        why = "it holds a checkpoint of dynviz"
        raise InputError(f"Exits cannot be fitted on {where}", why, "Name the Hugging Face classifier itself")


def _as_it_is(source: Foreign, pair: bool) -> None:
    """InputError where the model has exits already, or answers word by word and is to compare two texts."""
    if source.opening is not None:
        why = f"it is a checkpoint of {source.opening.title}, which has its own"
        raise InputError(f"Exits cannot be fitted on {source.where}", why, "Name the classifier that it was made from")
    if pair and source.unit == "token":
        raise InputError("Pairs of texts were given", f"{source.where} answers word by word, of one text", "Give one text in a row")


def fitted_methods(unit: Unit) -> list[str]:
    """The methods that linear classifiers on a frozen model are enough for; first the one whose own training is just that."""
    found = [name for name, kind in methods().items() if kind.fits_frozen and unit in kind.serves]
    return sorted(found, key=lambda name: ({phase.trains for phase in methods()[name].recipe} != {"heads"}, name))


def tuned_methods(unit: Unit) -> list[str]:
    """The methods whose classifiers are trained together with the model, in one phase; first the one with the plainest rule."""
    found = [name for name, kind in methods().items() if kind.fits_tuned and unit in kind.serves]
    return sorted(found, key=lambda name: (methods()[name].fits_frozen, name))


def fitting_method(name: str | None, unit: Unit, tune: bool = False) -> str:
    """The method of this name, or the one that is taken where none is named; an InputError where it cannot be fitted, or tuned."""
    there = tuned_methods(unit) if tune else fitted_methods(unit)
    if name is None:
        return there[0]
    if name not in methods():
        raise InputError(f"No method is called {name[:40]!r}", "exits are fitted for few of all methods", f"Use one of: {', '.join(there)}")
    kind = method_class(name)
    if name not in there or not issubclass(kind, Ramps):
        why = f"the model answers once per {'word' if unit == 'token' else 'sentence'}"
        more = "its encoder is not trained together with its classifiers" if tune else "it needs more than a classifier after each layer"
        why = why if (kind.fits_tuned if tune else kind.fits_frozen) else more
        raise InputError(f"{kind.title} cannot be {'tuned' if tune else 'fitted'} on this model", why, f"Use one of: {', '.join(there)}")
    return name
