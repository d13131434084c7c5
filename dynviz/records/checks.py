"""What was found when a model of somebody's own was looked at, step by step."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step. passed: None where an earlier step has to be put right first; fix: what to do, or ""; worries: of a step that passed,
    what may make its answers wrong all the same, in sentences."""

    name: str
    passed: bool | None
    found: str
    fix: str = ""
    worries: tuple[str, ...] = ()
