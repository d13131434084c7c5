"""The length zoo: which tokens, and which layers, a model spends compute on; on short texts and long ones.

Everything here stands on the plain model of its task and goes on by the method's own loss, by low-rank updates.
"""

from dynviz.training.recipes.job import TrainingJob

LENGTH: tuple[TrainingJob, ...] = ()
