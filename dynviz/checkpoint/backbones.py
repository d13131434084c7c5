"""The pre-trained models that checkpoints stand on: only those of one task and one of them are held against the same plain model."""

from collections.abc import Iterable

from dynviz.checkpoint.catalogue import Checkpoint


def backbones(found: Iterable[Checkpoint]) -> dict[str, int]:
    """The backbones of these checkpoints, each with the layers of the deepest encoder on it, shallow to deep, then by name."""
    deepest: dict[str, int] = {}
    for checkpoint in found:
        deepest[checkpoint.backbone] = max([deepest.get(checkpoint.backbone, 0), *checkpoint.stage_layers])
    return dict(sorted(deepest.items(), key=lambda one: (one[1], one[0])))


def by_backbone(found: Iterable[Checkpoint]) -> dict[str, list[Checkpoint]]:
    """The checkpoints of a task under the name of their comparison: the task's own for the first backbone, "task/backbone" for the others.
    The shallowest comes first, those without measured models, which others may have put there, last."""
    every = list(found)
    measured = {c.backbone for c in every if c.measured}
    out: dict[str, list[Checkpoint]] = {}
    for name in sorted(backbones(every), key=lambda name: name not in measured):
        of_it = [c for c in every if c.backbone == name]
        out[f"{of_it[0].config.task}/{name}" if out else of_it[0].config.task] = of_it
    return out
