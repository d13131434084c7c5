"""How long a model takes beside plain transformers with the same weights: same texts, same thread, taking turns.

Times begin with the pieces' ids and end with the answer. Plain: the padded Hugging Face encoder with its default attention (sdpa, but for
MPNet, whose own is the only one), low-rank updates merged into its weights, without a head. Wall time is what a user waits; ratios are of
CPU time, turn by turn, so that other programs on the machine disturb them less. Medians over rounds.
"""

import os
import platform
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from dynviz.checkpoint.encoders import trainable_copy
from dynviz.checkpoint.model import Model
from dynviz.core import engine
from dynviz.data import bundled
from dynviz.data.cutting import cut_for
from dynviz.data.pieces import Pieces
from dynviz.runtime import one_thread, versions

BATCHES = (1, 32)
Work = Callable[[], object]


def compare(
    model: Model, knobs: Mapping[str, float], sentences: int = 64, rounds: int = 7, say: Callable[[str], None] = lambda _: None
) -> list[dict[str, Any]]:
    """One row for each batch size and way: plain, knob off, at these knobs; times per sentence, and ratios to plain."""
    one_thread()
    pieces = bundled_pieces(model, sentences)
    shares = {way: _share(model, pieces, setting) for way, setting in _ways(model, knobs).items()}
    rows = []
    for size in BATCHES:
        say(f"batch {size}: {len(pieces.texts)} sentences, {rounds} rounds")
        groups = [np.arange(a, min(a + size, len(pieces.texts))) for a in range(0, len(pieces.texts), size)]
        parts = [pieces.only(group) for group in groups]
        works: dict[str, Work] = {"plain transformers": _plain(model, parts)}
        works |= {way: _ours(model, parts, setting) for way, setting in _ways(model, knobs).items()}
        wall, cpu = in_turns(works, rounds)
        for way in works:
            ratio = float(np.median(cpu[way] / cpu["plain transformers"]))
            share = shares.get(way, 1.0)
            rows.append(
                {
                    "model": model.config.name, "batch": size, "way": way, "ms": 1e3 * float(np.median(wall[way])) / len(pieces.texts),
                    "cpu_ms": 1e3 * float(np.median(cpu[way])) / len(pieces.texts), "time_ratio": ratio, "flops_ratio": share,
                    "time_over_flops": ratio / share,
                }
            )  # fmt: skip
    return rows


def in_turns(works: Mapping[str, Work], rounds: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Wall and CPU seconds of each work in each round; one warm-up round, the order turned round from round to round."""
    wall: dict[str, list[float]] = {name: [] for name in works}
    cpu: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name in list(works) if number % 2 else reversed(list(works)):
            begun, begun_cpu = time.perf_counter(), time.thread_time()
            works[name]()
            if number:
                wall[name].append(time.perf_counter() - begun)
                cpu[name].append(time.thread_time() - begun_cpu)
    return {k: np.array(v) for k, v in wall.items()}, {k: np.array(v) for k, v in cpu.items()}


def _ways(model: Model, knobs: Mapping[str, float]) -> dict[str, Mapping[str, float]]:
    off = model.method.off()
    return {"knob off": off} if dict(knobs) == off else {"knob off": off, named(knobs): knobs}


def named(knobs: Mapping[str, float]) -> str:
    """ "entropy = 0.3"."""
    return ", ".join(f"{name} = {value:g}" for name, value in knobs.items())


def bundled_pieces(model: Model, count: int) -> Pieces:
    """So many bundled texts of the model's task, over again where there are fewer."""
    texts = list(bundled(model.task.name).texts)
    chosen = [texts[i % len(texts)] for i in range(count)]
    return cut_for(model.task, model.tokenizer, chosen, model.max_length)


def _share(model: Model, pieces: Pieces, knobs: Mapping[str, float]) -> float:
    run = engine.run(model.stages, model.method, pieces.ids, pieces.sentences, knobs)
    return float(run.flops.sum() / run.plain_flops.sum())


def _ours(model: Model, parts: list[Pieces], knobs: Mapping[str, float]) -> Work:
    return lambda: [engine.run(model.stages, model.method, p.ids, p.sentences, knobs) for p in parts]


def _plain(model: Model, parts: list[Pieces]) -> Work:
    biggest = max(model.stages, key=lambda stage: sum(size.width * (size.width + size.ffn) for size in stage.sizes()))
    encoder = trainable_copy(biggest).model
    if encoder._supports_sdpa:
        encoder.set_attn_implementation("sdpa")
    padded = [_padded(part, encoder.config.pad_token_id or 0) for part in parts]

    def work() -> None:
        with torch.inference_mode():
            for ids, mask in padded:
                encoder(input_ids=ids, attention_mask=mask)

    return work


def _padded(part: Pieces, pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    lengths = part.sentences.lengths
    ids = torch.full((len(lengths), int(lengths.max())), pad, dtype=torch.long)
    for row, (start, length) in enumerate(zip(part.sentences.starts, lengths, strict=True)):
        ids[row, :length] = torch.from_numpy(part.ids[start : start + length].copy())
    return ids, (torch.arange(ids.shape[1])[None] < torch.from_numpy(lengths.copy())[:, None]).long()


def machine() -> dict[str, str]:
    """The processor and the library versions behind the measured times."""
    about = {"processor": _processor(), "cores": str(os.cpu_count()), "threads": str(torch.get_num_threads()), "system": platform.system()}
    return {**about, "python": platform.python_version(), **versions(), "date": time.strftime("%Y-%m-%d")}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    except OSError:
        return platform.processor() or platform.machine()
