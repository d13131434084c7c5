"""Which checkpoints are trained, in which order, from what: the queues behind `python -m dynviz train --recipe`."""

from dynviz.training.recipes.job import Job as Job
from dynviz.training.recipes.main import MAIN
from dynviz.training.recipes.zoo import ZOO

RECIPES: dict[str, tuple[Job, ...]] = {"main": MAIN, "zoo": ZOO}
QUEUE: tuple[Job, ...] = (*MAIN, *ZOO)


def job(name: str) -> Job:
    """The job of this name."""
    return next(j for j in QUEUE if j.name == name)
