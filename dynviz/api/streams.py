"""Policies: what changes a method's setting while sentences stream by. Needs no torch."""

from collections.abc import Mapping, Sequence

from dynviz.checkpoint.catalogue import Checkpoint
from dynviz.errors import InputError
from dynviz.measure.stored import stored_run
from dynviz.records import Stream
from dynviz.records.card import Card, default_settings


def policies() -> dict[str, Card]:
    """The policies there are, by name: they change a threshold while sentences stream by. Needs no torch."""
    from dynviz.policies import POLICIES

    return {name: policy.card for name, policy in POLICIES.items()}


def streamable(checkpoint: Checkpoint) -> bool:
    """Whether a policy can be played over the shipped readings of a checkpoint: class probabilities of whole sentences."""
    return checkpoint.recorded("report") is not None and checkpoint.config.method != "plain"


def stream(
    checkpoint: Checkpoint,
    knobs: Mapping[str, float] | None = None,
    policy: str = "ceebert",
    split: str = "report",
    seeds: Sequence[int] = range(5),
) -> list[Stream]:
    """A policy played over the shipped readings of a checkpoint, once for each seed, which shuffles the sentences. Needs no torch.

    knobs: the policy's, where not its defaults. An InputError where there is no such policy or knob, or no readings ship.
    """
    from dynviz.policies import POLICIES

    if policy not in POLICIES:
        raise InputError(f"No policy is called {policy!r}", f"there are: {', '.join(POLICIES)}", "Use one of these names")
    card, play = POLICIES[policy]
    settings = default_settings(card.knobs)
    for name, value in (knobs or {}).items():
        known = next((knob for knob in card.knobs if knob.name == name), None)
        if known is None:
            raise InputError(f"{card.title} has no knob {name!r}", f"its knobs are: {', '.join(settings)}", "Use one of these")
        settings[name] = known.checked(value)
    found = stored_run(checkpoint, split)
    if found is None or not streamable(checkpoint):
        why = "a policy is played over class probabilities after every layer, of whole sentences"
        raise InputError(f"{checkpoint.name} ships no such readings for {split}", why, "Choose a model of early exits, e.g. sst2-joint")
    return play(found[0], checkpoint.name, settings, list(seeds))
