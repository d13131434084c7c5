"""Which checkpoints are trained, in which order, from what: the queues behind `python -m dynviz train --recipe`."""

from dynviz.training.recipes.job import TrainingJob as TrainingJob
from dynviz.training.recipes.length import LENGTH
from dynviz.training.recipes.main import MAIN
from dynviz.training.recipes.new_tasks import NEW_TASKS
from dynviz.training.recipes.twelve import TWELVE
from dynviz.training.recipes.zoo import ZOO

RECIPES: dict[str, tuple[TrainingJob, ...]] = {"main": MAIN, "zoo": ZOO, "length": (*NEW_TASKS, *LENGTH), "twelve": TWELVE}
QUEUE: tuple[TrainingJob, ...] = tuple(job for recipe in RECIPES.values() for job in recipe)


def job(name: str) -> TrainingJob:
    """The job of this name."""
    return next(j for j in QUEUE if j.name == name)
