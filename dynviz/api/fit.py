"""A classifier of others made adaptive: see `dynviz.fitting`, which is imported when it is called."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dynviz.api.models import warm
from dynviz.data import Labelled
from dynviz.records.files import as_path

if TYPE_CHECKING:
    from dynviz.fitting.fitted import Fitted


def fit_exits(
    model: str | Path,
    data: Labelled,
    out: str | Path | None = None,
    *,
    method: str | None = None,
    budget: float | None = None,
    risk: float | None = None,
    confidence: float = 0.95,
    seed: int = 0,
    tune: float = 0.0,
    name: str | None = None,
    title: str | None = None,
    text: str | None = None,
    pair: str | None = None,
    label: str | None = None,
    meanings: Mapping[str, str] | None = None,
    beside: bool = False,
    tell: Callable[[str, int, int], None] | None = None,
) -> "Fitted":
    """Fit exits on a Hugging Face classifier as it is, and choose and measure the knob on rows kept aside.

    model: its folder or Hub id; for sentences, pairs of sentences, or words. data: labelled rows, as `sweep` takes them; (text, text2,
    label) or a column named by `pair` says that the model compares two texts. out: the folder to write, which must not be there yet;
    without one, the result goes with the object (`save_pretrained` keeps it). method: an exit rule that linear classifiers are enough for;
    by default DeeBERT's, for words SENTEE's. budget: share of the compute that the knob may spend; risk: share of answers that may differ
    from full depth's, promised with `confidence`; with neither, half a point of accuracy may be lost. seed: of the draw of the rows kept
    aside, a fifth to choose and a fifth to measure. tune: epochs for which low-rank updates of the encoder are trained together with the
    exits, by the loss of the method, which is then by default the entropy exit: the model changes. name, title: what it is called, by
    default as its folder and its method. text, pair, label, meanings: of a file or a Hub data set, the columns of texts, second texts and
    labels, and what labels mean, as `read` takes them. beside: the checkpoint names the model by its folder's name alone, and looks for it
    beside itself, wherever the two are taken. tell: called with (what is being done, done, to do). Raises InputError, one sentence, where
    the model or the rows do not fit.
    """
    warm()
    from dynviz.fitting.fit import Columns, Options, fit
    from dynviz.fitting.knob import Wanted

    options = Options(method, Wanted(budget, risk, confidence), seed, name, Columns(text, pair, label, meanings), tune, beside, title)
    return fit(model, data, None if out is None else as_path(out), options, tell)
