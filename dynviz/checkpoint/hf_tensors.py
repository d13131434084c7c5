"""The tensors of somebody else's model by their files' headers alone: names, sizes and kinds, nothing read. No torch."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open

from dynviz.checkpoint.hf_files import weight_files
from dynviz.errors import InputError, refusing

# What transformers calls the encoder within a classifier, where not its type.
BASES = {"xlm-roberta": "roberta", "camembert": "roberta", "modernbert": "model", "deberta-v2": "deberta"}
MAX_HEADER = 2_000_000  # bytes; a large encoder of 400 tensors needs 50,000
FLOATS = {"F64", "F32", "F16", "BF16"}
_ANCHOR = "embeddings.word_embeddings.weight"  # every encoder we drive has one, and only one
_ANCHORS = {"modernbert": "embeddings.tok_embeddings.weight"}  # what it is called elsewhere
_WRAPPED = re.compile(r"\b(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.")  # left by torch anywhere in a name
_EXIT = re.compile(r"(?:^|\.)(highway|classifiers|off_?ramps?|ramps?|branch(?:es)?|(?:early_)?exits?|internal_classifiers?)\.\d+\.")
_RESEARCH = ("DeeBERT", "PABEE", "ElasticBERT", "BERxiT", "FastBERT")  # whose names stand in the classes of their code


@dataclass(frozen=True)
class Stored:
    """A tensor as its file's header tells of it. name: as stored; kind: as safetensors calls it (F32, I8, ...); shape: of what is read.

    rows: those that are read, from the first of two numbers up to the second; factor: what its numbers are multiplied by.
    """

    file: Path
    name: str
    kind: str
    shape: tuple[int, ...]
    rows: tuple[int, int] | None = None
    factor: float = 1.0


def headers(folder: Path) -> dict[str, Stored]:
    """All tensors of a folder, by their name; what torch put into names while the model was trained (_orig_mod., ...) is taken off."""
    found: dict[str, Stored] = {}
    count = 0
    for file in weight_files(folder):
        _check_header(file)
        with (
            refusing(f"The weights of {file} cannot be read", "Copy or save the model again"),
            safe_open(str(file), framework="np") as opened,
        ):
            for name in opened.keys():  # noqa: SIM118
                part, count = opened.get_slice(name), count + 1
                found[name] = Stored(file, name, str(part.get_dtype()), tuple(part.get_shape()))
    if any(".lora_" in name or ".base_layer." in name or ".modules_to_save." in name for name in found):
        what = f"{folder} holds the tensors of an adapter, not merged into its model"
        raise InputError(what, "transformers alone does not read them", "Merge it with merge_and_unload() of peft, then save_pretrained")
    bare = {_WRAPPED.sub("", name): tensor for name, tensor in found.items()}
    if len(bare) < count:
        raise _twice(folder)
    return bare


def within(tensors: Mapping[str, Stored], kind: str, folder: Path) -> dict[str, Stored]:
    """The tensors of a folder for a model of this kind, by their name within a classifier: what its trainer put before all names (module.,
    model., ...) is taken off."""
    wrapper = wrapper_of(tensors, kind, folder)
    named = {name.removeprefix(wrapper): tensor for name, tensor in tensors.items()}
    if len(named) < len(tensors):
        raise _twice(folder)
    return named


def _twice(folder: Path) -> InputError:
    return InputError(f"The weights of {folder} hold a tensor twice", "which of them counts is not said", "Save the model again")


def _check_header(file: Path) -> None:
    """InputError where the header would be longer than any is: it is read as a whole, and takes many times its size."""
    with refusing(f"The weights of {file} cannot be read", "Copy or save the model again"), file.open("rb") as opened:
        begin = opened.read(100)
        if begin.startswith(b"version https://git-lfs"):
            raise InputError(f"{file} holds no weights", "it is a pointer of Git LFS to where they lie", "Fetch them: git lfs pull")
        length = int.from_bytes(begin[:8], "little")
        if length > MAX_HEADER:
            raise ValueError(f"its header would take {length:,} bytes, and {MAX_HEADER:,} are read")


def wrapper_of(names: Iterable[str], kind: str, folder: Path) -> str:
    """What stands before the encoder's own name, found by its word embeddings."""
    anchor = _ANCHORS.get(kind, _ANCHOR)
    anchors = [name.removesuffix(anchor) for name in names if name == anchor or name.endswith("." + anchor)]
    first = min(names, default="")
    if not anchors:
        raise InputError(f"The weights of {folder} hold no encoder", f"there is no {anchor!r}, but {first[:80]!r}", "Save the whole model")
    if len(anchors) > 1:
        why = f"one is needed, and there are {', '.join(repr(a[:40]) for a in sorted(anchors)[:3])}"
        raise InputError(f"The weights of {folder} hold {len(anchors)} encoders", why, "Save the one that answers by itself")
    base = BASES.get(kind, kind) + "."
    wrapper = anchors[0].removesuffix(base)
    others = {"bert", "roberta", "distilbert", "albert", "electra", "mpnet", "deberta"} - {base[:-1]}
    if wrapper.rstrip(".").split(".")[-1] in others:
        why = f"config.json says it is of type {kind}"
        raise InputError(f"The tensors of {folder} are named {anchors[0]}*", why, "Correct model_type in config.json")
    return wrapper


def head_of(tensors: Mapping[str, Stored]) -> tuple[str, int] | None:
    """The classifier's name and how many answers it chooses from, or None where there is none."""
    for name in ("classifier.out_proj.weight", "classifier.weight"):
        if name in tensors and tensors[name].shape:
            return name, tensors[name].shape[0]
    return None


def exits_of(tensors: Mapping[str, Stored]) -> tuple[str, ...]:
    """The tensors that are classifiers after single layers, as early-exit research saves them."""
    return tuple(sorted(name for name in tensors if _EXIT.search(name)))


def research(*names: object) -> str:
    """The early-exit method that these names (of an architecture, of tensors) stand for, or ""."""
    said = " ".join(map(str, names)).lower()
    found = next((title for title in _RESEARCH if title.lower() in said), "")
    return found or ("DeeBERT" if ".highway." in said else "PABEE" if re.search(r"\bclassifiers\.\d", said) else "")
