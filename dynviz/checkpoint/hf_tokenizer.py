"""The tokenizer of somebody else's model: its own decides how a text is cut, so it is taken as it is, or refused."""

from typing import Any

from tokenizers.processors import TemplateProcessing

from dynviz.checkpoint.hf_config import BY_PADDING, Foreign
from dynviz.checkpoint.hf_settings import settings_of
from dynviz.checkpoint.tokenizer_file import opened
from dynviz.errors import InputError, refusing

FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "sentencepiece.bpe.model")
# What a tokenizer must be able to cut: words, capitals, accents, another script, emoji, what it has never seen.
PROBES = ("The film is not bad, don't you think?", "A naïve CAFÉ", "  two  blanks ", "電影 🙂 ﷽ x̱́", "\u200b")
_FEW = 0.02  # share of pieces with capitals that a vocabulary of small letters may have


def load(source: Foreign) -> Any:
    """Its tokenizer, which must be a fast one, put a special piece first, and know no piece the model does not."""
    if not any((source.folder / name).exists() for name in FILES):  # transformers would make up an empty one
        alone = (source.folder / "spm.model").exists()
        why = "spm.model says how to cut, but not what comes around a text" if alone else "a text cannot be cut without"
        do = "Load it with AutoTokenizer once and save it: that writes tokenizer.json" if alone else "Put tokenizer.json beside the weights"
        raise InputError(f"{source.where} has no tokenizer{'.json' * alone}", why, do)
    found = opened(source.folder, source.where, config=settings_of(source))
    if not found.is_fast:
        why = "places of pieces in the text are needed"
        raise InputError(f"The tokenizer of {source.where} is a slow one", why, "Save it as tokenizer.json")
    _check_length(found, source)
    if source.opening is not None and source.opening.ends_open:
        _end_open(found, source)
    with refusing(f"The tokenizer of {source.where} cannot cut a text", "Put tokenizer.json beside the weights"):
        pieces = max(found.get_vocab().values(), default=0) + 1
        cut = found(list(PROBES), return_special_tokens_mask=True, return_token_type_ids=True)
    if any(mask[:1] != [1] for mask in cut["special_tokens_mask"]):
        why = "sentences are read off it"
        raise InputError(f"The tokenizer of {source.where} puts no [CLS] first", why, "Use the model's own tokenizer")
    _check_pieces(found, max(pieces, 1 + max(max(ids) for ids in cut["input_ids"])), source)
    if any(any(types) for types in cut["token_type_ids"]):
        why = "one text is of one type, 0"
        raise InputError(f"The tokenizer of {source.where} marks a text as a second one", why, "Use the model's own tokenizer")
    found.truncation_side = "right"
    found.reads_whole = source.unit == "token"  # as the pipeline of transformers does: it cuts the text, not words we found in it
    return found


def _end_open(found: Any, source: Foreign) -> None:
    """A single text is cut without a piece at its end; two are cut as ever."""
    first, between = found.cls_token, found.sep_token
    if first is None or between is None:
        why = "they come before a text and between two"
        raise InputError(f"The tokenizer of {source.where} names no [CLS] or no [SEP]", why, "Use the model's own tokenizer")
    pair = f"{first}:0 $A:0 {between}:0 $B:1 {between}:1"
    known = [(first, found.cls_token_id), (between, found.sep_token_id)]
    found.backend_tokenizer.post_processor = TemplateProcessing(single=f"{first}:0 $A:0", pair=pair, special_tokens=known)


def _check_length(found: Any, source: Foreign) -> None:
    most = found.model_max_length
    if isinstance(most, bool) or not isinstance(most, int | float) or not most >= 3:
        why = "a text needs room for three pieces at least"
        raise InputError(f"The tokenizer of {source.where} has model_max_length = {str(most)[:40]}", why, "Correct tokenizer_config.json")


def _check_pieces(found: Any, pieces: int, source: Foreign) -> None:
    known = source.raw.get("vocab_size", pieces)
    added = sorted(piece for piece, id in found.get_added_vocab().items() if id >= known)
    if added and pieces == known + len(added):
        some = ", ".join(map(repr, added[:2])) + ", ..." * (len(added) > 2)
        what = f"The tokenizer of {source.where} knows {some}, added to its vocabulary"
        why = f"the model has {known} embeddings for {pieces} pieces, none for what was added"
        raise InputError(what, why, "Call the model's resize_token_embeddings and train it, or put its own tokenizer there")
    if pieces > known:
        why = f"it has {pieces} pieces, the model {known}"
        raise InputError(f"The tokenizer of {source.where} is not the model's", why, "Put the right tokenizer beside the weights")


def warnings(found: Any, source: Foreign) -> tuple[str, ...]:
    """What a reader should know of the tokenizer, each a sentence; the model is read all the same."""
    said = []
    capitals = sum(piece != piece.lower() for piece in found.get_vocab() if piece not in found.all_special_tokens)
    if _lowers(found) and capitals > _FEW * len(found):
        said.append(
            "Its vocabulary has capital letters, but its tokenizer makes all letters small: "
            "if the model was trained on both, put do_lower_case = false into tokenizer_config.json."
        )
    if not capitals and _unknown(found, "The") and not _unknown(found, "the"):
        said.append(
            "Its vocabulary has no capital letters, but its tokenizer keeps them: words with one are unknown to it; "
            "if the model was trained on small letters, put do_lower_case = true into tokenizer_config.json."
        )
    if found.init_kwargs.get("truncation_side") == "left":
        said.append("Its tokenizer would drop the beginning of a long text; here the end is dropped.")
    pad = source.raw.get("pad_token_id")
    if source.raw["model_type"] in BY_PADDING and found.pad_token_id is not None and pad != found.pad_token_id:
        said.append(f"Its config.json counts places from piece {pad}, and its tokenizer pads with piece {found.pad_token_id}.")
    return tuple(said)


def _unknown(found: Any, word: str) -> bool:
    return found.unk_token_id is not None and found.unk_token_id in found(word)["input_ids"]


def _lowers(found: Any) -> bool:
    normalizer = found.backend_tokenizer.normalizer
    return normalizer is not None and normalizer.normalize_str("Ab") == "ab"
