"""Models of others: any BERT-like Hugging Face classifier, from a folder or a Hub id, as a `Model`.

The encoder is driven as it is; the head (sentence or word classifier) becomes the head of the plain model, or of a method that
needs no training; an early-exit checkpoint that others released becomes the method it was made for. Only safetensors, never remote code.
Every step refuses with one sentence; `doctor` walks the same steps.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn
from transformers import PreTrainedModel

from dynviz.checkpoint import hf_tokenizer, hf_weights
from dynviz.checkpoint.config import digest, identity, parts
from dynviz.checkpoint.hf_config import Foreign, as_config
from dynviz.checkpoint.hf_config import describe as described
from dynviz.checkpoint.hf_hub import fetched
from dynviz.checkpoint.hf_tensors import exits_of, research
from dynviz.checkpoint.model import Model
from dynviz.checkpoint.released import opening
from dynviz.checkpoint.tokenizer_file import check_room
from dynviz.checkpoint.untrained import PLAIN, Untrained, under, untrained
from dynviz.core.encoder import LONGEST, Encoder
from dynviz.core.heads import Activation, Head
from dynviz.core.method import Method, Pooling, Shape
from dynviz.errors import InputError
from dynviz.methods import method_class
from dynviz.methods._ramps import Ramps
from dynviz.records import Unit

ROOM = 8  # places that a family may keep for itself


def load(where: str | Path, method: str | None = None) -> Model:
    """The model in a folder or of a Hub id, in fp32. method: the plain one or one that needs no training; of a released early-exit
    checkpoint also one it was made for; None: that, else the plain one."""
    source = describe(str(where))
    about = as_config(source, method)
    if about.method != PLAIN and not (source.opening and about.method in source.opening.methods):
        about = under(about, _free(about.method, source))
    pieces = hf_tokenizer.load(source)
    model = hf_weights.filled(hf_weights.empty(source), source)
    encoder = Encoder(model if source.opening else base_of(model))
    config = about.model_copy(update={"max_length": int(min(pieces.model_max_length, encoder.max_length))})
    check_room(pieces, config.max_length, source.where)
    built = _method(about.method, encoder, model, source)
    return Model(config, (encoder,), built, pieces, digest(source.folder), notes(source, pieces, model), identity(parts(source.folder)))


def describe(where: str) -> Foreign:
    """What kind of model it is, from its config and its tensors' names alone; checked before anything is built."""
    return described(Path(where) if os.path.isdir(where) else fetched(where), where)


def notes(source: Foreign, pieces: Any, model: PreTrainedModel) -> tuple[str, ...]:
    """What a reader should know of the model, each a sentence: what of it is not read, and what its tokenizer does."""
    return (*source.notes, *unread_notes(source, model), *hf_tokenizer.warnings(pieces, source), *_cut_notes(source))


def _cut_notes(source: Foreign) -> tuple[str, ...]:
    """A sentence where the model would read more of a text than is read here."""
    most = source.raw.get("max_position_embeddings", 8192 if source.raw["model_type"] == "modernbert" else 512)
    return (f"It reads up to {most:,} pieces; here the first {LONGEST:,} of a text are read.",) if most > LONGEST + ROOM else ()


def unread_notes(source: Foreign, model: PreTrainedModel) -> tuple[str, ...]:
    """Sentences on the tensors that nobody reads, if there are any: exits of early-exit research, and others."""
    exits, others = exits_of(source.tensors), hf_weights.unread(model, source)
    title = research(*(source.raw.get("architectures") or ()), *exits) or "its own"
    said = []
    if exits:
        said.append(f"The exits of {title} are not read ({len(exits)} tensors, first {exits[0]!r}): only its last classifier answers.")
    if others:
        many = "1 of its tensors is" if len(others) == 1 else f"{len(others)} of its tensors are"
        said.append(f"{many} not read: {', '.join(map(repr, others[:2]))}{', ...' * (len(others) > 2)}.")
    return tuple(said)


def base_of(model: PreTrainedModel) -> PreTrainedModel:
    """The encoder of a model with a head."""
    encoder: PreTrainedModel = getattr(model, model.base_model_prefix)
    return encoder


def head_of(model: PreTrainedModel, unit: Unit) -> Head:
    """The model's classifier in our form: with its hidden layer, each family's in its own place."""
    found = _parts(model, unit)
    width, classes = found.out.in_features, found.out.out_features
    head = Head(width, classes, found.hidden is not None, found.activation, None if found.norm is None else found.norm.eps)
    for mine, theirs in ((head.out, found.out), (head.hidden, found.hidden), (head.norm, found.norm)):
        if mine is not None and theirs is not None:
            nn.init.zeros_(mine.bias)  # where theirs has none
            mine.load_state_dict(theirs.state_dict(), strict=False)
    return head


@dataclass(frozen=True)
class _Parts:
    """A classifier: its last linear layer, the one before it if there is one, the activation between them, and a norm after that."""

    out: nn.Linear
    hidden: nn.Linear | None = None
    activation: Activation = "tanh"
    norm: nn.LayerNorm | None = None


def _parts(model: Any, unit: Unit) -> _Parts:
    kind = model.config.model_type
    if kind == "modernbert":
        return _Parts(model.classifier, model.head.dense, model.config.classifier_activation, model.head.norm)
    if unit == "token":
        return _Parts(model.classifier)
    if kind == "distilbert":
        return _Parts(model.classifier, model.pre_classifier, "relu")
    if kind == "bert":
        return _Parts(model.classifier, model.bert.pooler.dense)
    if kind == "albert":
        return _Parts(model.classifier, model.albert.pooler)
    if kind == "deberta-v2":
        return _Parts(model.classifier, model.pooler.dense, model.config.pooler_hidden_act)
    return _Parts(model.classifier.out_proj, model.classifier.dense, "gelu" if kind == "electra" else "tanh")


def pooling_of(source: Foreign) -> Pooling:
    """What its classifier reads: [CLS], or the mean over all pieces."""
    return "mean" if source.unit == "sentence" and source.raw.get("classifier_pooling", "cls") == "mean" else "cls"


def _method(name: str, encoder: Encoder, model: PreTrainedModel, source: Foreign) -> Method:
    shape = Shape((encoder.width,), (len(encoder.layers),), len(source.labels), source.unit, (encoder.heads,))
    if source.opening is None:
        return _around(name, shape, head_of(model, source.unit), source)
    if name in source.opening.methods:
        return opening.method(name, shape, source)
    return _around(name, shape, opening.last_head(shape, source), source)


def _free(name: str, source: Foreign) -> Untrained:
    """A method that needs no training, as its file says it; an InputError for one that does."""
    there, kind = untrained(), method_class(name)
    if name not in there:
        able = [*(source.opening.methods if source.opening else ()), *there]
        raise InputError(f"{kind.title} has to be trained", f"{source.where} brings no heads for it", f"Use one of: {', '.join(able)}")
    return there[name]


def _around(name: str, shape: Shape, head: Head, source: Foreign) -> Method:
    """A method that needs nothing but the classifier after the last layer."""
    kind = method_class(name)
    assert issubclass(kind, Ramps)
    options = _free(name, source).options
    if source.unit not in kind.serves:
        its, own = ("word" if unit == "token" else "sentence" for unit in (kind.serves[0], source.unit))
        why = f"it answers once per {its}, the model once per {own}"
        raise InputError(f"{kind.title} does not fit {source.where}", why, "Use --method plain")
    method = kind(shape, pooling=pooling_of(source), hidden=False, **options)
    for layer in method.layers_read():
        method.heads[str(layer)] = head  # the model's own, wherever one is asked
    return method.eval().requires_grad_(False)
