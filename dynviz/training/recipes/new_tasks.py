"""The tasks of many classes (CLINC150), of names (WNUT-17) and of pairs (MRPC): a plain model each, exits or halting words, and a pruner.

Low-rank updates of a bundled encoder, and single linear classifiers: of 151 classes, or after every layer, others would be large.
"""

from typing import Any

from dynviz.core.method import Phase
from dynviz.training.recipes.job import LINEAR, MEAN, TrainingJob, static_line

_INTENTS = {**MEAN, **LINEAR}


def _tuned(name: str, title: str, method: str, encoder: str, options: dict[str, Any], phase: Phase, *further: Phase) -> TrainingJob:
    """A model named after its task."""
    phases, task = (phase, *further), name.split("-")[0]
    rank = 8 if encoder == "sst2-plain" else 4  # less has to change where the task is known already
    blocks = method in ("transkimmer", "pabee", "ltp")  # nothing stands on them
    return TrainingJob(
        name, title, method, task, encoder=encoder, own=False, rank=rank, options=options, phases=phases, in_blocks=blocks
    )  # fmt: skip


def _compares(name: str, title: str, method: str, phase: str, **more: Any) -> TrainingJob:
    """A model of pairs: more has to change than where single texts are read, so that its updates have a higher rank."""
    phases = (Phase(phase, "lora", 3, lr=1e-3, head_lr=1e-3),)
    return TrainingJob(name, title, method, "mrpc", encoder="sst2-plain", own=False, rank=16, options=MEAN, phases=phases, **more)


NEW_TASKS: tuple[TrainingJob, ...] = (
    _tuned("clinc150-plain", "Plain model", "plain", "sst2-plain", _INTENTS, Phase("tune", "lora", 2, lr=1e-3, head_lr=5e-3)),
    _tuned(
        "clinc150-joint", "Entropy exit, joint training", "entropy_exit", "sst2-plain", _INTENTS,
        Phase("joint", "lora", 2, lr=1e-3, head_lr=5e-3),
    ),
    _tuned("clinc150-pabee", "PABEE", "pabee", "clinc150-joint", MEAN, Phase("joint", "lora", 1, lr=5e-4, head_lr=2e-3)),
    _tuned(
        "clinc150-ltp", "LTP", "ltp", "clinc150-plain", {**_INTENTS, "final": 0.07, "temperature": 5e-3},
        Phase("soft", "lora", 0.7, lr=5e-4, head_lr=1e-3), Phase("hard", "lora", 1, lr=5e-4, head_lr=1e-3),
    ),
    _tuned(
        "clinc150-transkimmer", "Transkimmer", "transkimmer", "clinc150-plain", _INTENTS,
        Phase("skim", "lora", 1.5, lr=5e-4, head_lr=1e-3),
    ),
    _tuned("wnut17-plain", "Plain tagger", "plain", "sst2-plain", LINEAR, Phase("tune", "lora", 4, lr=1e-3, head_lr=2e-3)),
    _tuned(
        "wnut17-tokee", "TOKEE", "tokee", "sst2-plain", LINEAR,
        Phase("joint", "lora", 4, lr=1e-3, head_lr=2e-3), Phase("self-sampling", "lora", 1, lr=3e-4, head_lr=5e-4),
    ),
    _tuned(
        "wnut17-ltp", "LTP", "ltp", "wnut17-plain", {**LINEAR, "final": 0.03},
        Phase("soft", "lora", 1, lr=5e-4, head_lr=5e-4), Phase("hard", "lora", 1.5, lr=5e-4, head_lr=5e-4),
    ),
    _tuned("wnut17-transkimmer", "Transkimmer", "transkimmer", "wnut17-plain", LINEAR, Phase("skim", "lora", 2, lr=5e-4, head_lr=5e-4)),
    _compares("mrpc-plain", "Plain model", "plain", "tune", readings_only=True),
    _compares("mrpc-joint", "Entropy exit, joint training", "entropy_exit", "joint", in_blocks=True),
    *static_line("clinc150", _INTENTS, Phase("tune", "lora", 3.5, lr=1e-3, head_lr=5e-3)),
    *static_line("wnut17", LINEAR, Phase("tune", "lora", 6, lr=1e-3, head_lr=2e-3)),
)  # fmt: skip
