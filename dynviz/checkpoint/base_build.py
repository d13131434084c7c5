"""Make a base that ships from the files it was published in: its layers in blocks of 4 bits, its embeddings of 8, all else in fp16."""

import json
from collections.abc import Mapping
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from dynviz.checkpoint import blocks
from dynviz.checkpoint.base_config import BaseConfig, Source, check_files, read_base, sha256
from dynviz.checkpoint.config import BASE, MAX_WEIGHTS, EncoderConfig
from dynviz.checkpoint.hf_files import HUB_ID, read_json
from dynviz.checkpoint.hf_hub import fetched
from dynviz.checkpoint.masked_config import CONFIG as MASKED
from dynviz.checkpoint.masked_config import WEIGHTS as HEADS
from dynviz.core.bounds import check_config
from dynviz.errors import InputError
from dynviz.records.files import exists, fault, printable, why_not

MPNET = Source(
    model="sentence-transformers/all-mpnet-base-v2", revision="e8c3b32edf5434bc2275fc9bab85f82640a19130", licence="Apache-2.0",
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
)  # fmt: skip
BASES = {"mpnet": MPNET}  # by the name of their folder
DIGESTS = {"mpnet": "4dc6be858355"}  # what the checkpoints that ship on them name
SHARDS = 2  # files that the layers are shared out to
_CUTS = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json")  # kept as they are


def source_of(name: str) -> Source:
    """Where the base of this name comes from."""
    if name not in BASES:
        raise InputError(f"No base is called {name[:60]!r}", f"there are: {', '.join(BASES)}", "Use one of these names")
    return BASES[name]


def made(published: str | None, folder: Path, source: Source) -> BaseConfig:
    """The base from a folder or a Hub id; without either, from the Hub at the revision it was published as."""
    if exists(folder) and not damaged(folder):  # asked before anything is fetched
        raise InputError(f"{folder} is there already", "a base is not written over", "Name another folder with --out, or check it: --check")
    if published is not None and Path(published).is_dir():
        return build(Path(published), folder, source)
    if published is not None and (published.startswith(".") or not HUB_ID.fullmatch(published)):
        raise InputError(f"There is no folder {printable(published, 200)}", "nor is it a Hub id, as owner/name is", "Check the path")
    return build(fetched(published or source.model, None if published else source.revision), folder, source)


def damaged(folder: Path) -> bool:
    """Whether a base was meant to lie in a folder that fails its own check. What is a checkpoint is none."""
    if not folder.is_dir() or exists(folder / "config.json"):
        return False
    try:
        check_files(folder, read_base(folder))
    except InputError:
        return True
    return False


def set_aside(folder: Path) -> Path:
    """Where the damaged base of a folder lies once another was made in its place: nothing is deleted."""
    names = (f"{folder.name}-damaged{n}" for n in ("", *(f"-{i}" for i in range(2, 1000))))
    return next(folder.with_name(name) for name in names if not exists(folder.with_name(name)))


def build(published: Path, folder: Path, source: Source) -> BaseConfig:
    """Write the base into `folder`, where nothing may lie but a damaged one, from the folder it was published as; an InputError where its
    weights are not those of the source. It is made aside, so that it is there whole or not at all; a damaged one is set aside then, and
    the heads beside it are kept."""
    weights = published / "model.safetensors"
    found = sha256(weights, MAX_WEIGHTS)
    if found != source.sha256:
        why = f"its SHA-256 is {found[:12]}..., and {source.sha256[:12]}... is theirs"
        raise InputError(f"{weights} does not hold the weights of {source.model}", why, f"Fetch revision {source.revision} again")
    config = _config(published / "config.json")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".base-") as aside:
            made = Path(aside) / folder.name
            made.mkdir()
            base = _written(published, made, config, source)
            if exists(folder):
                _take_over(folder, made)
            made.rename(folder)
    except (OSError, SafetensorError) as error:
        raise InputError(f"{folder} cannot be written", why_not(error), "Check the folder, its permissions and its room") from None
    return base


def _take_over(folder: Path, made: Path) -> None:
    """Bring the heads for hidden words along, and move the damaged base out of the way."""
    for name in (MASKED, HEADS):
        if exists(folder / name):
            copyfile(folder / name, made / name)
    folder.rename(set_aside(folder))


def _config(file: Path) -> dict[str, Any]:
    """What is kept of the published configuration."""
    raw = read_json(file)
    found = {key: raw[key] for key in EncoderConfig.model_fields if key in raw}
    try:
        EncoderConfig.model_validate(found)
    except ValidationError as error:
        key, why = fault(error)
        raise InputError(f"{file} does not fit: key {key!r}", why, "Fetch it again") from None
    check_config(found, str(file))
    if "num_hidden_layers" not in found:
        raise InputError(f"{file} does not fit: key 'num_hidden_layers'", "it is missing", "Fetch it again")
    return found


def _written(published: Path, folder: Path, config: dict[str, Any], source: Source) -> BaseConfig:
    """Its files, and what base.json says of them, in an empty folder."""
    tensors = {name: tensor for name, tensor in load_file(str(published / "model.safetensors")).items() if _kept(name)}
    for name, part in _shards(tensors, config["num_hidden_layers"]).items():
        save_file(_stored(part), str(folder / name), metadata={"format": "pt"})
    for name in (name for name in _CUTS if exists(published / name)):
        (folder / name).write_bytes((published / name).read_bytes())
    files = {file.name: sha256(file) for file in sorted(folder.iterdir())}
    base = BaseConfig(format=1, source=source, config=config, files=files)
    (folder / BASE).write_text(json.dumps(base.model_dump(), indent=1) + "\n", encoding="utf-8")
    return base


def _kept(name: str) -> bool:
    """Embeddings and layers; the pooler is never asked, and places are counted up."""
    return name.startswith(("embeddings.", "encoder.")) and not name.endswith("position_ids")


def _shards(tensors: Mapping[str, Tensor], depth: int) -> dict[str, dict[str, Tensor]]:
    """The tensors by file: embeddings in one, layers in order in a few, each below what a repository takes."""
    per = -(-depth // SHARDS)
    files: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        layer = int(name.split(".")[2]) if name.startswith("encoder.layer.") else 0
        first = layer // per * per + 1
        part = f"layers-{first:02}-{min(first + per - 1, depth):02}" if name.startswith("encoder.") else "embeddings"
        files.setdefault(f"{part}.safetensors", {})[name] = tensor
    return files


def _stored(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """As they are written to a file."""
    out: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if blocks.fits(tensor):
            to = blocks.rounded if name.startswith("embeddings.") else blocks.rounded_to_4_bits
            out[name], out[name + blocks.SCALE] = to(tensor)
        else:
            out[name] = tensor.half()
    return out
