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
    """The checkpoints of a task under the name of their comparison: the task's own for the shallowest backbone, "task/backbone" for the
    others."""
    every = list(found)
    names = {name: c.config.task if i == 0 else f"{c.config.task}/{name}" for c in every[:1] for i, name in enumerate(backbones(every))}
    return {key: [c for c in every if c.backbone == name] for name, key in names.items()}
