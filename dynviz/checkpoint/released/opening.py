"""A released early-exit checkpoint as a method of ours, filled with its tensors."""

from typing import cast

import torch

from dynviz.checkpoint import hf_weights
from dynviz.checkpoint.hf_config import Foreign
from dynviz.core.heads import Activation, Head
from dynviz.core.method import Method, Shape
from dynviz.errors import InputError
from dynviz.methods import method_class
from dynviz.methods._ramps import Ramps


def method(name: str, shape: Shape, source: Foreign) -> Method:
    """The method it was made for, in evaluation mode; an InputError where a tensor of it is not of the shape that is asked for."""
    opening = source.opening
    assert opening is not None
    with torch.device("meta"):
        built = method_class(name)(shape, **opening.options)
    wanted = built.state_dict()
    found = {own: tensor for own, tensor in opening.heads.items() if own in wanted}
    lacking = sorted(wanted.keys() - found.keys())
    if lacking:
        why = f"it holds no {lacking[0]!r}"
        raise InputError(f"{source.where} cannot be opened as {built.title}", why, f"Use one of: {', '.join(opening.methods)}")
    hf_weights.check_fit(found, wanted, source)
    _check_twins(source)
    tensors = hf_weights.read(found)
    if why := opening.fault(name, tensors):
        raise InputError(f"{source.where} cannot be opened as {built.title}", why, f"Use one of: {', '.join(opening.methods)}")
    built.load_state_dict(tensors, assign=True)
    for part in built.modules():
        if isinstance(part, Head):
            part.activation = cast(Activation, opening.activation)
    return built.eval().requires_grad_(False)


def last_head(shape: Shape, source: Foreign) -> Head:
    """The classifier after the last layer, for methods that need no other."""
    opening = source.opening
    assert opening is not None
    built = method(opening.methods[0], shape, source)
    found = dict(built.heads.items()).get(str(shape.layers)) if isinstance(built, Ramps) else None
    if not isinstance(found, Head):
        why = "the classifier after its last layer is of a form that they have not"
        raise InputError(f"Other methods do not fit {source.where}", why, f"Use one of: {', '.join(opening.methods)}")
    return found


def _check_twins(source: Foreign) -> None:
    """InputError where tensors that a file holds twice differ."""
    assert source.opening is not None
    for one, other in source.opening.twins:
        first, second = (hf_weights.read({"": tensor})[""] for tensor in (one, other))
        if not torch.equal(first, second):
            what = f"The tensors {one.name!r} and {other.name!r} of {source.where} differ"
            raise InputError(what, f"{source.opening.title} saves the same tensor twice", "Save the model again")
