"""Model folders that are not read: each refused in one sentence that says what it is, before anything large is made or anything runs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dynviz import api
from dynviz.checkpoint import hf
from dynviz.errors import InputError
from tests import hub, strangers
from tests.clock import within
from tests.strangers import retensor, rewrite


def lora(folder: Path) -> None:
    save_file(
        {"base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight": torch.ones(2, 16)},
        folder / "adapter_model.safetensors",
    )
    rewrite(folder, "adapter_config.json", base_model_name_or_path="bert-base-uncased", peft_type="LORA")


def adapter(folder: Path) -> None:
    lora(folder)
    (folder / "model.safetensors").unlink()


def adapter_alone(folder: Path) -> None:
    adapter(folder)
    (folder / "config.json").unlink()


def pabee(folder: Path) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        last = {k: tensors.pop(k) for k in list(tensors) if k.startswith("classifier.")}
        return tensors | {k.replace("classifier", f"classifiers.{i}"): v for k, v in last.items() for i in range(3)}

    rewrite(retensor(folder, change), architectures=["BertForSequenceClassificationWithPabee"])
    forgetting(folder, "classifiers.1")


def ramps_of_others(folder: Path) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        last = {k: tensors.pop(k) for k in list(tensors) if k.startswith("classifier.")}
        return tensors | {k.replace("classifier", f"ramps.{i}"): v for k, v in last.items() for i in range(3)}

    retensor(folder, change)


def one_output(folder: Path) -> None:
    retensor(folder, lambda tensors: {k: v[:1] if k.startswith("classifier") else v for k, v in tensors.items()})


def of_kind(dtype: torch.dtype) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        retensor(folder, lambda t: {k: v.to(dtype) if k == "bert.encoder.layer.0.output.dense.weight" else v for k, v in t.items()})

    return change


def with_number(value: float) -> Callable[[Path], None]:
    def change(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        tensors["bert.encoder.layer.0.output.dense.bias"][0] = value
        return tensors

    return lambda folder: retensor(folder, change) and None


def index(name: str) -> Callable[[Path], None]:
    """An index that says a tensor lies in a file of this name."""

    def change(folder: Path) -> None:
        tensors = load_file(folder / "model.safetensors")
        torch.save(tensors, folder / "pytorch_model.bin")
        save_file(tensors, folder.parent / "outside.safetensors")
        (folder / "model.safetensors").unlink()
        if name == "link.safetensors":
            (folder / name).symlink_to(folder.parent / "outside.safetensors")
        rewrite(folder, "model.safetensors.index.json", weight_map={"classifier.weight": name.format(parent=folder.parent)})

    return change


def part_missing(folder: Path) -> None:
    sorted(strangers.sharded(folder).glob("model-*.safetensors"))[-1].unlink()


def write(name: str, content: str | bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode()) and None


def long_header(folder: Path) -> None:
    """A sound file whose header is filled up with blanks."""
    file = folder / "model.safetensors"
    whole = file.read_bytes()
    begin = 8 + int.from_bytes(whole[:8], "little")
    file.write_bytes((20_000_000).to_bytes(8, "little") + whole[8:begin].ljust(20_000_000) + whole[begin:])


def forgetting(folder: Path, part: str) -> Path:
    return retensor(folder, lambda tensors: {name: tensor for name, tensor in tensors.items() if part not in name})


def more_pieces(folder: Path) -> None:
    made = hub.tokenizer()
    made.add_tokens(["<user>"])
    made.save_pretrained(folder)


def spm_alone(folder: Path) -> None:
    hub.save(folder, "deberta-v2")
    (folder / "tokenizer.json").rename(folder / "spm.model")


def padless(folder: Path) -> None:
    rewrite(hub.save(folder, "roberta"), pad_token_id=None)


def set_to(**changes: object) -> Callable[[Path], None]:
    return lambda folder: rewrite(folder, **changes) and None


def without(*keys: str, **changes: object) -> Callable[[Path], None]:
    return lambda folder: rewrite(folder, drop=keys, **changes) and None


NAMED = ("id2label", "label2id")
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "regressor": (one_output, "is a regressor: its head 'classifier.weight' has one output"),
    "regressor that says nothing": (lambda f: (one_output(f), rewrite(f, drop=NAMED, num_labels=1)), "is a regressor"),
    "problem type": (set_to(problem_type="regression"), "is built for regression"),
    "multi-label": (set_to(problem_type="multi_label_classification"), "is built for multi_label_classification"),
    "names too few": (set_to(id2label={"0": "a", "1": "b"}), "names in id2label is 2, and its head 'classifier.weight' has 3 outputs"),
    "number of labels": (without(*NAMED, num_labels=2), "num_labels is 2, and its head 'classifier.weight' has 3 outputs"),
    "a billion labels": (without(*NAMED, num_labels=10**9), "num_labels is 1000000000, and its head"),
    "labels of other types": (set_to(id2label={"0": [], "1": {}, "2": None}), "not a table that gives each number a name"),
    "labels in a list": (set_to(id2label=["a", "b", "c"]), "not a table that gives each number a name"),
    "labels from 1": (set_to(id2label={"1": "a", "2": "b", "3": "c"}), "not by the numbers 0 to 2"),
    "label twice": (set_to(id2label={"0": "a", "1": "b", "2": "a "}), "'a' stands for two classes"),
    "label of nothing": (set_to(id2label={"0": "a", "1": " ", "2": "b"}), "'' is no name that can be shown"),
    "label that turns the line": (set_to(id2label={"0": "a", "1": "x\u202ey", "2": "b"}), "is no name that can be shown"),
    "adapter": (adapter, r"is an adapter \(LORA\) of bert-base-uncased, not a whole model: .* merge_and_unload"),
    "adapter without config": (adapter_alone, r"is an adapter \(LORA\) of bert-base-uncased, not a whole model"),
    "adapter not merged": (lambda f: strangers.renamed(f, lambda n: n.replace("query.", "query.base_layer.")), "an adapter, not merged"),
    "no config": (lambda f: (f / "config.json").unlink(), "config.json is missing"),
    "no type": (without("model_type"), "has no model_type"),
    "PABEE": (pabee, r"is PABEE, and not whole: 2 tensors of its exits are missing, first 'classifiers.1.bias'"),
    "exits of others": (ramps_of_others, r"is an early-exit model: exits of others \(ramps.0.bias and 5 more\) are not read"),
    "ElasticBERT": (set_to(model_type="elasticbert"), "is ElasticBERT, and not whole: 2 tensors .* first 'elasticbert.encoder.pooler.2"),
    "XLNet": (set_to(model_type="xlnet"), "is of type 'xlnet'"),
    "masked language model": (set_to(architectures=["BertForMaskedLM"]), "is built as BertForMaskedLM"),
    "no head": (lambda f: hub.save(f, head="none"), "is BertModel, without a classifier"),
    "two encoders": (lambda f: retensor(f, lambda t: t | {"teacher." + k: v for k, v in t.items()}), "hold 2 encoders"),
    "no encoder": (lambda f: strangers.renamed(f, lambda n: n.replace("word_embeddings", "words")), "hold no encoder"),
    "a tensor twice": (lambda f: retensor(f, lambda t: t | {"classifier._orig_mod.bias": t["classifier.bias"]}), "hold a tensor twice"),
    "another family": (set_to(model_type="electra"), "named bert.*config.json says it is of type electra"),
    "int8": (of_kind(torch.int8), "quantised: 'bert.encoder.layer.0.output.dense.weight' is stored as I8"),
    "float8": (of_kind(torch.float8_e4m3fn), "quantised: 'bert.encoder.layer.0.output.dense.weight' is stored as F8_E4M3"),
    "quantised": (set_to(quantization_config={"quant_method": "bitsandbytes", "load_in_4bit": True}), r"are quantised \(bitsandbytes\)"),
    "not a number": (with_number(float("nan")), "holds numbers that are not finite"),
    "infinite": (with_number(float("inf")), "holds numbers that are not finite"),
    "part missing": (part_missing, r"model-0000\d-of-0000\d.safetensors is missing: model.safetensors.index.json names it"),
    "index to a pickle": (index("pytorch_model.bin"), "names 'pytorch_model.bin': parts are safetensors files"),
    "index outside": (index("../outside.safetensors"), "names '../outside.safetensors': parts are safetensors files"),
    "index to a path": (index("{parent}/outside.safetensors"), "parts are safetensors files beside it"),
    "index to a link": (index("link.safetensors"), "link.safetensors leads out of the folder"),
    "index to a long name": (index("x" * 300 + ".safetensors"), "is missing"),
    "empty weights": (write("model.safetensors", b""), "weights of .* cannot be read"),
    "pointer of Git": (write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "pointer of Git LFS"),
    "header that lies": (write("model.safetensors", b"\xff" * 8 + b"{}"), "weights of .* cannot be read"),
    "header that is long": (long_header, "its header would take 20,000,000 bytes"),
    "a piece added": (more_pieces, r"knows '<user>', added to its vocabulary: the model has 68 embeddings for 69 pieces, .* resize_token"),
    "no pooler": (lambda f: forgetting(f, "pooler"), "Save the whole model, pooler included"),
    "half a head": (lambda f: forgetting(f, "classifier.bias"), "Save the whole model, head included"),
    "a layer short": (lambda f: forgetting(f, "layer.1.output"), "Save the whole model, encoder included"),
    "a convolution": (lambda f: rewrite(hub.save(f, "deberta-v2"), conv_kernel_size=3), "has a convolution"),
    "RoPE of another kind": (lambda f: rewrite(hub.save(f, "modernbert"), rope_scaling={"type": "yarn"}), "turns places by 'yarn'"),
    "an activation of its own": (lambda f: rewrite(hub.save(f, "deberta-v2"), pooler_hidden_act="mish"), "pooler_hidden_act = mish"),
    "another activation": (lambda f: rewrite(hub.save(f, "modernbert"), classifier_activation="silu"), "classifier_activation = silu"),
    "another pooling": (lambda f: rewrite(hub.save(f, "modernbert"), classifier_pooling="max"), "classifier_pooling = max"),
    "SentencePiece alone": (spm_alone, "has no tokenizer.json: spm.model says how to cut, but not"),
    "no padding piece": (padless, "pad_token_id = None"),
    "room for no piece": (lambda f: rewrite(f, "tokenizer_config.json", model_max_length=2), "model_max_length = 2"),
    "broken tokenizer": (write("tokenizer.json", '{"model": {"type": "WordPiece"}}'), "no tokenizer that can be read"),
    "tokenizer of bytes": (write("tokenizer.json", b"\xff\xfe"), r"tokenizer\.json is not JSON"),
    "tokenizer files elsewhere": (lambda f: rewrite(f, "tokenizer_config.json", fast_tokenizer_files=["../t.1.0.json"]), "elsewhere"),
    "bytes": (write("config.json", b'{"model_type": "bert", "x": "\xff"}'), "config.json"),
    "architectures": (set_to(architectures=5), "has architectures = 5"),
    "epsilon": (set_to(layer_norm_eps=-1.0), "layer_norm_eps = -1.0"),
    "wrong types": (set_to(hidden_act=7), "does not fit"),
    "activation": (set_to(hidden_act="eval"), "does not fit"),
    "unknown values": (set_to(hidden_dropout_prob="much"), "does not fit"),
    "numbers without end": (write("config.json", '{"model_type": "bert", "architectures": ["B"], "x": 1e999}'), "config.json"),
    "5,000 digits": (write("config.json", '{"model_type": "bert", "x": ' + "1" * 5000 + "}"), "config.json"),
    "half a character": (set_to(finetuning_task="\ud800"), "config.json"),
    "deep": (write("config.json", '{"model_type": "bert", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"), "config.json"),
    "wide": (set_to(vocab_size=2_000_000, hidden_size=8192), "config.json asks for"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_in_one_sentence(case: str, tmp_path: Path) -> None:
    change, why = REFUSED[case]
    folder = hub.save(tmp_path / "mine")
    change(folder)
    with pytest.raises(InputError, match=why) as caught:
        hf.load(folder)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600 + 4 * len(str(folder))


@pytest.mark.parametrize("change", [adapter_alone, lambda f: (f / "config.json").unlink()])
def test_a_folder_named_by_its_path_is_told_what_it_is(
    change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not which checkpoints there are."""
    change(hub.save(tmp_path / "mine"))
    monkeypatch.chdir(tmp_path)
    for name in (str(tmp_path / "mine"), "mine"):
        with pytest.raises(InputError, match=r"is an adapter|config\.json is missing"):
            api.load(name)


def pipe(file: Path) -> None:
    os.mkfifo(file)


def endless(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(50_000_000_000)


def device(file: Path) -> None:
    file.symlink_to("/dev/zero")


def link_out(file: Path) -> None:
    outside = next(folder for folder in file.parents if (folder / "whole").exists()) / "outside"
    outside.write_text("{}")
    file.symlink_to(outside)


def loop(file: Path) -> None:
    file.symlink_to(file.name)


FILES = (
    "config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json",
    "merges.txt", "chat_template.jinja", "chat_template.json", "generation_config.json", "adapter_config.json", "model.safetensors",
    "model.safetensors.index.json", "additional_chat_templates/x.jinja",
)  # fmt: skip


@pytest.mark.parametrize("make", [pipe, endless, device, link_out, loop, Path.mkdir])
def test_no_file_of_a_folder_is_opened_that_is_none(make: Callable[[Path], None], tmp_path: Path) -> None:
    """Whatever transformers would open, by itself or because the folder says so, in well under a second of processor each."""
    whole, start = hub.save(tmp_path / "whole"), time.process_time()
    for name in FILES:
        folder = strangers.copied(whole, name.replace("/", "-"))
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).unlink(missing_ok=True)
        make(folder / name)
        with pytest.raises(InputError) as caught:
            hf.load(folder)
        assert Path(name).name in str(caught.value)
    assert time.process_time() - start < within(0.5 * len(FILES))


def test_code_in_a_folder_never_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = hub.save(tmp_path / "mine")
    told = {"AutoConfig": "evil.Config", "AutoModelForSequenceClassification": "evil.Model", "AutoTokenizer": ["evil.Cut", "evil.Cut"]}
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Config: ...\nclass Model: ...\nclass Cut: ...\n")
    rewrite(folder, auto_map=told)
    rewrite(folder, "tokenizer_config.json", auto_map=told)
    assert api.load(folder).config.method == "plain"
    assert not (tmp_path / "ran").exists()


def test_a_tokenizer_is_read_from_the_folder_alone(tmp_path: Path) -> None:
    """A configuration may name files; those are not followed."""
    folder = strangers.only_vocabulary(strangers.save(tmp_path / "mine"))
    want = api.cut_text(api.load(folder), "a film").ids.tolist()
    outside = tmp_path / "outside.txt"
    outside.write_text("\n".join(reversed((folder / "vocab.txt").read_text().split("\n"))))
    rewrite(folder, "tokenizer_config.json", vocab_file=str(outside), tokenizer_file=str(outside), merges_file=str(outside))
    assert api.cut_text(api.load(folder), "a film").ids.tolist() == want


@pytest.mark.parametrize("name", ["-a/b", "a--b/c", "a/..", "a/" + "b" * 300])
def test_names_that_no_model_of_the_hub_can_have_are_one_sentence(name: str) -> None:
    with pytest.raises(InputError, match=r"configuration of .* cannot be read") as caught:
        api.load(name)
    assert "\n" not in str(caught.value)


def test_a_model_in_the_cache_of_the_hub_is_read_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache keeps files in one folder, and snapshots of links to them."""
    model = tmp_path / "models--somebody--something"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text("a" * 40)
    whole = hub.save(model / "blobs")
    want = api.load(whole)
    snapshot = model / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    for file in whole.iterdir():
        (snapshot / file.name).symlink_to(Path("../../blobs") / file.name)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    found = api.load("somebody/something")
    assert found.config.name == "somebody/something"
    assert found.digest == want.digest
    assert api.load(snapshot).digest == want.digest


def test_research_exits_and_stray_tensors_are_named(tmp_path: Path) -> None:
    def change(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        exits = {f"bert.encoder.highway.{i}.classifier.weight": torch.ones(3, 16) for i in range(3)}
        return tensors | exits | {"cls.seq_relationship.bias": torch.ones(2)}

    folder = rewrite(retensor(hub.save(tmp_path / "mine"), change), architectures=["DeeBertForSequenceClassification"])
    model = api.load(folder)
    assert model.notes == (
        "The exits of DeeBERT are not read (3 tensors, first 'bert.encoder.highway.0.classifier.weight'): "
        "only its last classifier answers.",
        "1 of its tensors is not read: 'cls.seq_relationship.bias'.",
    )
    assert api.trace(model, "the film").note == " ".join(model.notes)


@pytest.mark.parametrize(("head", "said"), [("sentence", "sentences"), ("token", "single words")])
def test_what_the_head_answers_for_is_seen_where_it_is_not_said(head: str, said: str, tmp_path: Path) -> None:
    for family in hub.FAMILIES:
        folder = hub.save(tmp_path / family, family, head)
        if family == "modernbert":  # both of its classifiers have the same tensors
            with pytest.raises(InputError, match="has no architectures: its classifiers for sentences and for words have the same tensors"):
                api.load(rewrite(folder, drop=("architectures",)))
            continue
        want = api.load(folder)
        model = api.load(rewrite(folder, drop=("architectures",)))
        assert model.method.unit == want.method.unit == head
        assert model.notes[0] == f"Its config.json does not say what its classifier answers for; by its tensors, {said}."


def test_labels_that_are_not_said_are_counted_by_the_head(tmp_path: Path) -> None:
    folder = rewrite(hub.save(tmp_path / "mine"), drop=NAMED)
    assert api.load(folder).config.labels == ["LABEL_0", "LABEL_1", "LABEL_2"]
    assert api.load(rewrite(folder, label2id={"b": 1, "a": 0, "c": 2})).config.labels == ["a", "b", "c"]
    (found,) = api.checkpoints(tmp_path)
    assert found.config.labels == ["a", "b", "c"]


def test_what_no_weights_would_help_is_said_before_weights_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}')
    with pytest.raises(InputError, match="is of type 'gpt2': dynviz drives BERT-like encoders only"):
        api.load(tmp_path)
