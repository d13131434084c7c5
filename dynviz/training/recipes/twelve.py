"""Twelve layers: the methods that the course speaks of on a base of BERT-base's size, each as on six layers.

Every model is trained on the rounded weights that ship (`checkpoint.base_build`) and stores low-rank updates of them alone, in 8 bits; its
classifiers are linear and read the mean of all states. The pruners are the two that are best on six layers besides LTP: within half of the
compute, and within 70 %, chosen and compared on the calibration split (`zoo.json`). Half an epoch each: a step takes three times as long as
on six layers, and after a quarter of an epoch the base is further than six layers after two.
"""

from dataclasses import replace
from typing import Any

from dynviz.core.method import Phase
from dynviz.training.recipes.job import LINEAR, LORA_RATE, MEAN, TrainingJob
from dynviz.training.recipes.zoo import AS_TRAINED

BASE = "mpnet"
CUTS = (2, 4, 6, 8, 10)  # layers of the static line
GENTLE = 1e-4  # rate of LTP's updates: at LORA_RATE, and at twice this, full depth fell farther below the plain model's on calibration
_READ = {**MEAN, **LINEAR}


def on_twelve(name: str, title: str, method: str, start: str, *phases: Phase, **options: Any) -> TrainingJob:
    """A model of twelve layers, named after its task: sst2-12-NAME. start: what it goes on from, the base or "plain", "joint" and so on."""
    task = name.split("-")[0]
    encoder = start if start == BASE else f"{task}-12-{start}"
    read = _READ if task == "sst2" else LINEAR
    return TrainingJob(
        name, f"{title}, 12 layers", method, task, encoder=encoder, own=False, rank=8, options={**read, **options}, phases=phases,
        in_blocks=True,
    )  # fmt: skip


def tuned(name: str, epochs: float, head_lr: float = 1e-3, whole: float = 0.0, lr: float = LORA_RATE) -> Phase:
    """A phase that trains low-rank updates and classifiers."""
    return Phase(name, "lora", epochs, lr=lr, head_lr=head_lr, whole=whole)


def cut(layers: int) -> TrainingJob:
    """The static line: the lower layers of the base, tuned as long as the plain model; shipped as readings."""
    return replace(
        on_twelve(f"sst2-12-cut{layers}", f"Plain model, cut, layers {layers}", "plain", BASE, tuned("tune", 0.5)),
        title=f"Plain model of 12 layers, cut, layers {layers}", depth=layers, readings_only=True,
        family=("Plain model of 12 layers, cut", "layers", layers),
    )  # fmt: skip


def pooled(job: TrainingJob, **options: Any) -> TrainingJob:
    """The same with the one pooler that the method shares among its classifiers: a hidden layer by design."""
    return replace(job, options={**MEAN, **options})


def small(job: TrainingJob) -> TrainingJob:
    """The same with the large matrices of its gates or halting layers in 4 bits, as the base's own."""
    return replace(job, large_in_4=True)


TWELVE: tuple[TrainingJob, ...] = (
    on_twelve("sst2-12-plain", "Plain model", "plain", BASE, tuned("tune", 0.5)),
    on_twelve("sst2-12-joint", "Entropy exit, joint training", "entropy_exit", BASE, tuned("joint", 0.6)),
    on_twelve("sst2-12-deebert", "DeeBERT", "deebert", "plain", Phase("ramps", "heads", 0.5)),
    on_twelve("pos-12-tokee", "TOKEE", "tokee", BASE, tuned("joint", 1), tuned("self-sampling", 0.5)),
    on_twelve("sst2-12-ltp", "LTP", "ltp", "plain", tuned("soft", 0.25, 2e-4, 0.6, GENTLE), tuned("hard", 0.35, 2e-4, 0.6, GENTLE),
              final=0.03),
    pooled(on_twelve("sst2-12-pabee", "PABEE", "pabee", "joint", tuned("joint", 0.3))),
    on_twelve("sst2-12-fastbert", "FastBERT", "fastbert", "plain", Phase("distil", "heads", 0.5)),
    replace(on_twelve("sst2-12-act", "ACT", "act", "plain", tuned("ponder", 0.5, 5e-4), tau=0.02), knobs=AS_TRAINED),
    small(pooled(on_twelve("sst2-12-palbert", "PALBERT", "palbert", "joint", tuned("ponder", 0.4)), lambda_p=0.1)),
    small(on_twelve("sst2-12-transkimmer", "Transkimmer", "transkimmer", "plain", tuned("skim", 0.4, 2e-4, 0.6))),
    on_twelve("sst2-12-power-bert", "PoWER-BERT", "power_bert", "plain", tuned("search", 0.25, 2e-4, 0.6), tuned("hard", 0.25, 2e-4, 0.6),
              weight=3e-4),  # the weights of its layers add up to 78, of six to 21
    on_twelve("pos-12-calm", "CALM, classifier", "calm", "tokee", Phase("consistency", "heads", 0.5, head_lr=5e-3), measure="classifier"),
    replace(on_twelve("pos-12-plain", "Plain model", "plain", BASE, tuned("tune", 1)), readings_only=True),
    *(cut(layers) for layers in CUTS),
)  # fmt: skip
