"""What must hold between the keys of a trace or a sweep in JSON, whose shapes and values are right one by one."""

from collections.abc import Mapping
from typing import Any

from dynviz.records.told import Fault, described

SAME = 1e-4  # to which figures of a point agree with its examples


def rules(raw: Mapping[str, Any], schema: str) -> None:
    """Raise the first `Fault`, if there is one."""
    if schema.startswith("dynviz.sweep"):
        _points(raw)
        return
    _labels(raw["labels"])
    _offsets(raw["offsets"], len(raw["text"]))
    _computed(raw)
    if "merged_into" in raw:
        _merges(raw)
    _answers(raw)


def _labels(labels: list[str]) -> None:
    first: dict[str, int] = {}
    for i, label in enumerate(labels):
        if not label.strip():
            raise Fault(f"labels[{i}] is blank")
        if label in first:
            raise Fault(f"labels[{i}] is the same as labels[{first[label]}]")
        first[label] = i


def _offsets(offsets: list[list[int]], characters: int) -> None:
    for i, (start, end) in enumerate(offsets):
        if start > end:
            raise Fault(f"offsets[{i}] begins at {start} and ends at {end}, before it begins")
        if end > characters:
            raise Fault(f"offsets[{i}] ends at {end}, and text has {characters} characters")


def _computed(raw: Mapping[str, Any]) -> None:
    for layer, (rows, attending) in enumerate(zip(raw["transformed"], raw["attending"], strict=True)):
        for token, (done, seen) in enumerate(zip(rows, attending, strict=True)):
            if done and not seen:
                raise Fault(f"transformed[{layer}][{token}] is 1, and attending[{layer}][{token}] is 0")


def _merges(raw: Mapping[str, Any]) -> None:
    """A token goes to one that lies at its own place, stays with it, and is not computed or seen afterwards."""
    into, before = raw["merged_into"], list(range(len(raw["tokens"])))
    for layer, row in enumerate(into):
        for token, at in enumerate(row):
            place = f"merged_into[{layer}][{token}]"
            if row[at] != at:
                raise Fault(f"{place} is {at}, which is merged itself")
            if row[before[token]] != at:
                raise Fault(f"{place} is {at}, and in the layer before the token was merged into {before[token]}")
            if at != token and raw["transformed"][layer][token]:
                raise Fault(f"{place} is {at}, and the token is computed in that layer")
            if before[token] != token and (raw["attending"][layer][token] or raw["visible"][layer][token]):
                raise Fault(f"{place} is {at}, and the token, merged before, is computed or seen in that layer")
        before = row


def _answers(raw: Mapping[str, Any]) -> None:
    """The sentence, or each word at its first token, has an answer."""
    answer, word = raw["answer"], raw["word"]
    for i, row in enumerate(answer):
        told = len(answer) == 1 or (word[i] >= 0 and (i == 0 or word[i] != word[i - 1]))
        for c, value in enumerate(row):
            if told and value is None:
                raise Fault(f"answer[{i}][{c}] is null, and an answer is needed there")


def _points(raw: Mapping[str, Any]) -> None:
    """The figures of each point follow from its examples, where these are there."""
    examples = raw.get("examples")
    if examples is None:
        return
    labels, plain = examples["labels"], sum(examples["plain_flops"])
    for i, point in enumerate(raw["points"]):
        right = sum(a == b for a, b in zip(examples["predicted"][i], labels, strict=True)) / len(labels)
        spent = sum(examples["flops"][i]) / plain
        for key, found, what in (("accuracy", right, "of its answers are right"), ("share", spent, "of the plain FLOPs are spent")):
            if abs(point[key] - found) > SAME:
                raise Fault(f"points[{i}].{key} is {described(point[key])}, and {described(found)} {what}")
