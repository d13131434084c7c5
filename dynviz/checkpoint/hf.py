"""Models of others: any BERT-like Hugging Face classifier, from a folder or a Hub id, as a `Model`.

The encoder is driven as it is; the head (sentence or word classifier) becomes the head of the plain model, or of a method that
needs no training. Only safetensors, never remote code. Every step refuses with one sentence; `doctor` walks the same steps.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
)  # fmt: skip

from dynviz.checkpoint.config import digest
from dynviz.checkpoint.hf_config import as_config, unit_of
from dynviz.checkpoint.model import Model
from dynviz.core.encoder import Encoder, check_config
from dynviz.core.heads import Activation, Head
from dynviz.core.method import Method, Shape
from dynviz.errors import InputError
from dynviz.methods import method_class, methods
from dynviz.methods._ramps import Ramps
from dynviz.records import Unit

_KINDS: dict[Unit, Any] = {"sentence": AutoModelForSequenceClassification, "token": AutoModelForTokenClassification}


@dataclass(frozen=True)
class Foreign:
    """A model not yet loaded. where: a folder or a Hub id; raw: its config.json; unit: what its head answers for."""

    where: str
    raw: dict[str, Any]
    config: PreTrainedConfig
    unit: Unit

    @property
    def local(self) -> bool:
        """Whether the model is a folder on this machine, and not a Hub id."""
        return Path(self.where).is_dir()


def load(where: str | Path, method: str = "plain") -> Model:
    """The model in a folder or of a Hub id, in fp32, under the plain method or one that needs no training."""
    source = describe(str(where))
    about = as_config(source.raw, source.where, method)
    pieces = tokenizer_of(source)
    model = weights_of(source)
    encoder = Encoder(base_of(model))
    config = about.model_copy(update={"max_length": min(int(pieces.model_max_length), encoder.max_length)})
    return Model(config, (encoder,), _method(method, encoder, model, source, len(about.labels)), pieces, _digest(source))


def describe(where: str) -> Foreign:
    """What kind of model it is, from its config alone; checked before anything is built."""
    _check_file(where)
    try:
        raw, _ = PreTrainedConfig.get_config_dict(where, local_files_only=Path(where).is_dir())
        check_config(raw, where)
        config = AutoConfig.from_pretrained(where, trust_remote_code=False, local_files_only=Path(where).is_dir())
    except InputError:
        raise
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"The configuration of {where} cannot be read", _first_line(error), "Check the path or the Hub id") from None
    return Foreign(where, raw, config, unit_of(raw, where))


def _check_file(where: str) -> None:
    file = Path(where) / "config.json"
    if Path(where).is_dir() and not file.exists():
        raise InputError(f"{file} is missing", "a model folder holds config.json, safetensors and a tokenizer", "Check the path")
    if file.exists() and file.stat().st_size > 10_000_000:
        raise InputError(f"{file} is larger than 10 MB", "no configuration is", "Check that it is the right file")


def tokenizer_of(source: Foreign) -> Any:
    """Its tokenizer, which must be a fast one, put a special piece first, and know no piece the model does not."""
    files = ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model")
    if source.local and not any((Path(source.where) / name).exists() for name in files):  # transformers would make up an empty one
        raise InputError(f"{source.where} has no tokenizer", "a text cannot be cut without", "Put tokenizer.json beside the weights")
    extra = {"add_prefix_space": True} if source.unit == "token" and source.config.model_type == "roberta" else {}
    try:
        found = AutoTokenizer.from_pretrained(source.where, trust_remote_code=False, local_files_only=source.local, **extra)
    except Exception as error:  # tokenizers raise bare exceptions of their own for files that do not fit
        why = _first_line(error)
        raise InputError(f"{source.where} has no tokenizer that can be read", why, "Put tokenizer.json beside the weights") from None
    if not found.is_fast:
        raise InputError(
            f"The tokenizer of {source.where} is a slow one", "places of pieces in the text are needed", "Save it as tokenizer.json"
        )
    if len(found) > source.config.vocab_size:
        why = f"it has {len(found)} pieces, the model {source.config.vocab_size}"
        raise InputError(f"The tokenizer of {source.where} is not the model's", why, "Put the right tokenizer beside the weights")
    first = found("a", return_special_tokens_mask=True)["special_tokens_mask"][:1]
    if first != [1]:
        raise InputError(
            f"The tokenizer of {source.where} puts no [CLS] first", "sentences are read off it", "Use the model's own tokenizer"
        )
    return found


def weights_of(source: Foreign) -> PreTrainedModel:
    """The model with its head, complete, in fp32, in evaluation mode."""
    if source.local and not list(Path(source.where).glob("*.safetensors")):
        pickles = [p.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt") for p in Path(source.where).glob(pattern)]
        why = f"only {pickles[0]} is there, and pickled weights can run code when opened" if pickles else "the weights are missing"
        raise InputError(f"{source.where} has no safetensors", why, "Save it with save_pretrained of a recent transformers")
    try:
        model, about = _KINDS[source.unit].from_pretrained(
            source.where, use_safetensors=True, trust_remote_code=False, local_files_only=source.local, attn_implementation="eager",
            dtype=torch.float32, output_loading_info=True,
        )  # fmt: skip
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise InputError(f"The weights of {source.where} cannot be read", _first_line(error), "Copy or save the model again") from None
    missing = sorted(about["missing_keys"])
    if missing:
        why = f"{len(missing)} tensors are missing, first {missing[0]!r}; they would be random"
        raise InputError(f"The weights of {source.where} are not complete", why, "Save the whole model, head included")
    whole: PreTrainedModel = model.eval().requires_grad_(False)
    return whole


def base_of(model: PreTrainedModel) -> PreTrainedModel:
    """The encoder of a model with a head."""
    encoder: PreTrainedModel = getattr(model, model.base_model_prefix)
    return encoder


def head_of(model: PreTrainedModel, unit: Unit) -> Head:
    """The model's classifier in our form: for sentences with its hidden layer, each family's in its own place."""
    out, hidden, activation = _parts(model, unit)
    head = Head(out.in_features, out.out_features, hidden is not None, activation)
    head.out.load_state_dict(out.state_dict())
    if hidden is not None and head.hidden is not None:
        head.hidden.load_state_dict(hidden.state_dict())
    return head


def _parts(model: Any, unit: Unit) -> tuple[nn.Linear, nn.Linear | None, Activation]:
    """(last linear layer, the one before it or None, activation between them)."""
    kind = model.config.model_type
    if unit == "token":
        return model.classifier, None, "tanh"
    if kind == "distilbert":
        return model.classifier, model.pre_classifier, "relu"
    if kind == "bert":
        return model.classifier, model.bert.pooler.dense, "tanh"
    if kind == "albert":
        return model.classifier, model.albert.pooler, "tanh"
    return model.classifier.out_proj, model.classifier.dense, "gelu" if kind == "electra" else "tanh"


def _method(name: str, encoder: Encoder, model: PreTrainedModel, source: Foreign, classes: int) -> Method:
    kind = method_class(name)
    free = [n for n, m in methods().items() if (n == "plain" or not m.recipe) and issubclass(m, Ramps)]
    if name not in free or not issubclass(kind, Ramps):
        raise InputError(f"{kind.title} has to be trained", f"{source.where} brings no heads for it", f"Use one of: {', '.join(free)}")
    if source.unit not in kind.serves:
        why = f"it answers once per {kind.serves[0]}, the model once per {'word' if source.unit == 'token' else 'sentence'}"
        raise InputError(f"{kind.title} does not fit {source.where}", why, "Use --method plain")
    method = kind(Shape((encoder.width,), (len(encoder.layers),), classes, source.unit), pooling="cls", hidden=False)
    method.heads[str(len(encoder.layers))] = head_of(model, source.unit)
    return method.eval().requires_grad_(False)


def _digest(source: Foreign) -> str:
    return digest(Path(source.where)) if source.local else str(getattr(source.config, "_commit_hash", "") or "")[:12]


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).split("\n")[0]
