"""Length profiles, how many tokens stay after each layer: what one costs, and an evolutionary search for those worth their cost."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

import numpy as np

from dynviz.records import Floats

OF = 64  # a profile counts the tokens that stay of so many: any share that is asked for is exact in half precision too
Profile = tuple[int, ...]  # L numbers, none larger than the one before
Measured = tuple[float, float]  # accuracy, share of the plain model's compute


def constant(keep: float, layers: int) -> Floats:
    """(L,) the share of a sentence that is left after each layer, where this share of the tokens goes on from layer to layer."""
    return np.asarray(keep ** np.arange(1, layers + 1))


def counted(shares: Floats) -> Profile:
    """A profile that keeps at least these shares (L,)."""
    return tuple(int(x) for x in np.ceil(shares * OF - 1e-9))


def cost(shares: Floats) -> Floats:
    """(...) the share of a plain encoder's linear layers that profiles (..., L) cost: of a layer, a third is computed for the tokens
    that come to it (attention), two thirds for those that stay (feed-forward)."""
    return np.asarray((1 + 3 * shares[..., :-1].sum(-1) + 2 * shares[..., -1]) / (3 * shares.shape[-1]))  # what stays is what comes next


def front(found: Mapping[Profile, Measured]) -> list[Profile]:
    """The profiles that no cheaper one equals in accuracy, cheapest first (the Pareto front)."""
    out: list[Profile] = []
    for profile in sorted(found, key=lambda p: (found[p][1], -found[p][0], p)):
        if not out or found[profile][0] > found[out[-1]][0]:
            out.append(profile)
    return out


def evolve(
    measure: Callable[[Profile], Measured], start: Sequence[Profile], runs: int, brood: int, dice: Random
) -> dict[Profile, Measured]:
    """All profiles that were measured, at most `runs`: those to start with, then broods of children of the front as it then is.

    Half of a brood are mutations of one parent, half lie between two.
    """
    found = {profile: measure(profile) for profile in start}
    for _ in range(runs):  # a brood may hold nothing new
        parents = front(found)
        children = [mutated(dice.choice(parents), dice) for _ in range(brood - brood // 2)]
        children += [between(*dice.sample(parents, 2)) for _ in range(brood // 2) if len(parents) > 1]
        for child in dict.fromkeys(children):
            if child not in found and len(found) < runs:
                found[child] = measure(child)
    return found


def mutated(parent: Profile, dice: Random) -> Profile:
    """Each count drawn anew with probability one half, between the next layer's and the new one of the layer before."""
    child: Profile = ()
    for i, count in enumerate(parent):
        least, most = parent[i + 1] if i + 1 < len(parent) else 1, child[-1] if child else OF
        child += (dice.randint(least, most) if dice.random() < 0.5 else count,)
    return child


def between(one: Profile, other: Profile) -> Profile:
    """The mean of two profiles, rounded up."""
    return tuple((a + b + 1) // 2 for a, b in zip(one, other, strict=True))
