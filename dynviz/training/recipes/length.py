"""The length zoo: which tokens, and which layers, a model spends compute on; on short texts and long ones.

Everything here stands on the plain model of its task and goes on by the method's own loss, by low-rank updates.
"""

from dynviz.core.method import Phase
from dynviz.training.recipes.job import MEAN, TrainingJob

LENGTH: tuple[TrainingJob, ...] = (
    TrainingJob("sst2-power-bert", "PoWER-BERT", "power_bert", "sst2", encoder="sst2-plain", own=False, rank=8, options=dict(MEAN)),
    TrainingJob(
        "imdb-power-bert", "PoWER-BERT", "power_bert", "imdb", encoder="imdb-plain", own=False, limit=8_000, rank=8,
        options={**MEAN, "longest": 256, "rate": 3e-2},
        phases=(Phase("search", "lora", epochs=0.12, lr=3e-4, head_lr=2e-4), Phase("hard", "lora", epochs=0.12, lr=3e-4, head_lr=2e-4)),
    ),
    TrainingJob(
        "sst2-top-gates", "ToP's rank gates, 1 epoch instead of 40", "top_gates", "sst2", encoder="sst2-plain", own=False, rank=8,
        options=dict(MEAN),
    ),
    TrainingJob(
        "imdb-top-gates", "ToP's rank gates, 0.35 epochs instead of 40", "top_gates", "imdb", encoder="imdb-plain", own=False, limit=8_000,
        rank=8, options={**MEAN, "target": 0.5},
        phases=(Phase("gates", "lora", epochs=0.25, lr=3e-4, head_lr=2e-4), Phase("tune", "lora", epochs=0.1, lr=3e-4, head_lr=2e-4)),
    ),
)  # fmt: skip
