"""The length zoo: which tokens, and which layers, a model spends compute on; on short texts and long ones.

Everything here stands on the plain model of its task and goes on by the method's own loss, by low-rank updates.
"""

from dynviz.training.recipes.job import MEAN, TrainingJob


def _merging(task: str) -> TrainingJob:
    """Tokens merged in the plain model: nothing is trained, nothing stored but the config."""
    name, encoder = f"{task}-tome", f"{task}-plain"
    return TrainingJob(name, "ToMe's rule, on text", "tome", task, encoder=encoder, own=False, options=MEAN, phases=())


LENGTH: tuple[TrainingJob, ...] = (_merging("sst2"), _merging("imdb"))
