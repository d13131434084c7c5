"""The model's own tokenizer and weights decide: for every kind of folder that is read, pieces and answers are those of transformers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, PreTrainedModel

from dynviz import api
from dynviz.checkpoint import hf
from tests import hub, strangers

TEXTS = (
    "the film is not bad, naïve café!", "  two  blanks\u00a0🙂 電影 don't stop", "A dull , bad film that nobody likes !", ".",
    "İstanbul e\u0301 ﬁne\u200bx\ttab\nline", "a <pad> or <unk> typed [SEP] by hand </s>", "Angela didn't visit Paris",
)  # fmt: skip


def old_names(name: str) -> str:
    return name.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta")


def counted(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {**tensors, "bert.embeddings.position_ids": torch.arange(40)[None]}


KINDS: dict[str, Callable[[Path], Path]] = {
    **{family: lambda f, family=family: hub.save(f, family) for family in hub.FAMILIES},  # type: ignore[misc]
    "cased": lambda f: strangers.save(f),
    "cased, vocab.txt": lambda f: strangers.only_vocabulary(strangers.save(f)),
    "cased, vocab.txt alone": lambda f: strangers.only_vocabulary(strangers.save(f), config=False),
    "padding baked in": lambda f: strangers.baked(strangers.save(f)),
    "byte-level": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(), "RobertaTokenizer"),
    "byte-level, offsets with spaces": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(trim=False), "RobertaTokenizer"),
    "byte-level, of no class": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(), "PreTrainedTokenizerFast"),
    "byte-level BERT": lambda f: strangers.save(f, "bert", strangers.bytes_cut(), "PreTrainedTokenizerFast"),
    "other padding piece": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(), "RobertaTokenizer", pad_token_id=3),
    "unigram": lambda f: strangers.save(f, "xlm-roberta", strangers.unigram_cut(), "XLMRobertaTokenizer"),
    "MPNet's own": lambda f: strangers.save(f, "mpnet", strangers.mpnet_cut(), "MPNetTokenizer"),
    "sharded": lambda f: strangers.sharded(hub.save(f)),
    "position ids stored": lambda f: strangers.retensor(hub.save(f), counted),
    "names of TensorFlow": lambda f: strangers.renamed(hub.save(f), old_names),
    "no prefix": lambda f: strangers.renamed(hub.save(f), lambda n: n.removeprefix("bert.")),
}  # fmt: skip
TAGGERS: dict[str, Callable[[Path], Path]] = {
    "bert": lambda f: hub.save(f, head="token"),
    "cased": lambda f: strangers.save(f, head="token"),
    "byte-level": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(), "RobertaTokenizer", "token"),
    "byte-level, prefix": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(prefix=True), "RobertaTokenizer", "token"),
    "byte-level, of no class": lambda f: strangers.save(f, "roberta", strangers.bytes_cut(), "PreTrainedTokenizerFast", "token"),
    "byte-level BERT": lambda f: strangers.save(f, "bert", strangers.bytes_cut(), "PreTrainedTokenizerFast", "token"),
    "unigram": lambda f: strangers.save(f, "xlm-roberta", strangers.unigram_cut(), "XLMRobertaTokenizer", "token"),
    "MPNet's own": lambda f: strangers.save(f, "mpnet", strangers.mpnet_cut(), "MPNetTokenizer", "token"),
}  # fmt: skip


def own(folder: Path, head: str) -> PreTrainedModel:
    loaded: PreTrainedModel = hub.HEADS[head].from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    return loaded


def answers(model: PreTrainedModel, ids: list[int]) -> np.ndarray:
    with torch.no_grad():
        return np.asarray(model(torch.tensor([ids])).logits[0].softmax(-1))


@pytest.mark.parametrize("kind", KINDS)
def test_sentences_are_cut_and_answered_as_by_transformers(kind: str, tmp_path: Path) -> None:
    folder = KINDS[kind](tmp_path / "mine")
    model, theirs, cut = api.load(folder), own(folder, "sentence"), AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        ids = cut(text, truncation=True, max_length=model.max_length, padding=False)["input_ids"]
        analysis = api.analyse(model, text)
        assert analysis.pieces.ids.tolist() == ids, text
        np.testing.assert_allclose(analysis.full.answer[0], answers(theirs, ids), rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", TAGGERS)
def test_words_are_cut_and_tagged_as_by_the_pipeline(kind: str, tmp_path: Path) -> None:
    """Which reads the text whole, and not word by word: a byte-level word would lose the space before it."""
    folder = TAGGERS[kind](tmp_path / "mine")
    model, theirs, cut = api.load(folder), own(folder, "token"), AutoTokenizer.from_pretrained(folder)
    for text in (*TEXTS, *(text.split() for text in TEXTS)):
        ids = cut(text if isinstance(text, str) else " ".join(text), truncation=True, max_length=model.max_length)["input_ids"]
        analysis = api.analyse(model, text)
        assert analysis.pieces.ids.tolist() == ids, text
        leads = analysis.full.leads
        np.testing.assert_allclose(analysis.full.answer[leads], answers(theirs, ids)[leads], rtol=0, atol=1e-5)


@pytest.mark.parametrize("kind", TAGGERS)
def test_every_word_given_has_an_answer_at_its_first_piece(kind: str, tmp_path: Path) -> None:
    words = ("Angela", "did", "n't", "visit", "the", "café", ",", "Paris")
    pieces = api.cut_text(api.load(TAGGERS[kind](tmp_path / "mine")), words)
    assert sorted(set(pieces.sentences.word.tolist())) == [-1, *range(len(words))]
    assert [pieces.sentences.word[i] for i in np.flatnonzero(~pieces.sentences.special)] == sorted(
        w for w in pieces.sentences.word if w >= 0
    )
    begin = 0
    for number, word in enumerate(words):
        first = int(np.flatnonzero(pieces.sentences.word == number)[0])
        assert begin - 1 <= pieces.offsets[first, 0] <= begin, (word, pieces.tokens[first])
        begin += len(word) + 1


@pytest.mark.parametrize("wrapper", ["module.", "model.", "_orig_mod.", "module._orig_mod.", "net.model.", "_fsdp_wrapped_module."])
def test_what_wrapped_the_model_in_training_is_taken_off(wrapper: str, tmp_path: Path) -> None:
    folder = hub.save(tmp_path / "mine")
    want = api.trace(api.load(folder), TEXTS[0])
    strangers.renamed(folder, lambda name: wrapper + name)
    model = api.load(folder)
    np.testing.assert_array_equal(api.trace(model, TEXTS[0]).answer, want.answer)
    assert model.notes == ()


def test_what_wrapped_a_part_of_it_is_taken_off(tmp_path: Path) -> None:
    folder = hub.save(tmp_path / "mine")
    want = api.trace(api.load(folder), TEXTS[0])
    strangers.renamed(
        folder, lambda name: name.replace("bert.", "bert._orig_mod.").replace("layer.1.", "layer.1._checkpoint_wrapped_module.")
    )
    np.testing.assert_array_equal(api.trace(api.load(folder), TEXTS[0]).answer, want.answer)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_floats_are_read_as_single_precision(dtype: torch.dtype, tmp_path: Path) -> None:
    folder = strangers.retensor(hub.save(tmp_path / "mine"), lambda tensors: {k: v.to(dtype) for k, v in tensors.items()})
    model = api.load(folder)
    assert {p.dtype for p in model.stages[0].model.parameters()} == {torch.float32}
    ids = api.cut_text(model, TEXTS[0]).ids.tolist()
    np.testing.assert_allclose(api.trace(model, TEXTS[0]).answer[0], answers(own(folder, "sentence"), ids), rtol=0, atol=1e-5)


def baked_left(root: Path) -> Path:
    cut = strangers.cased_cut()
    cut.enable_truncation(20, direction="left")
    folder = strangers.save(root / "mine", cut=cut)
    cut.save(str(folder / "tokenizer.json"))
    return folder


@pytest.mark.parametrize("baked", [False, True])
def test_a_long_text_is_cut_at_its_end_also_where_its_tokenizer_would_cut_the_beginning(baked: bool, tmp_path: Path) -> None:
    folder = baked_left(tmp_path) if baked else strangers.save(tmp_path / "mine")
    strangers.rewrite(folder, "tokenizer_config.json", model_max_length=8, **({} if baked else {"truncation_side": "left"}))
    trace = api.trace(api.load(folder), "the film is good and warm and dull and bad and " * 3)
    assert trace.tokens[1:3] == ("the", "film")
    assert "Only the first 8 pieces were read" in trace.note
    assert "would drop the beginning of a long text; here the end is dropped" in trace.note


def test_capitals_that_the_tokenizer_makes_small_are_told(tmp_path: Path) -> None:
    with_config = strangers.only_vocabulary(strangers.save(tmp_path / "with"))
    alone = strangers.only_vocabulary(strangers.save(tmp_path / "alone"), config=False)
    assert not hf.load(with_config).notes
    assert "capital letters" in " ".join(hf.load(alone).notes)


def test_small_letters_that_the_tokenizer_does_not_make_are_told(tmp_path: Path) -> None:
    folder = strangers.only_vocabulary(hub.save(tmp_path / "mine"))
    assert "words with one are unknown to it" in " ".join(hf.load(folder).notes)
