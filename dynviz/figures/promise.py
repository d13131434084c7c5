"""A promise about lost answers in words, the same on the screen and in the terminal: what is lost, what is kept, what it rests on. Pure."""

from typing import Literal

from dynviz.figures.wording import count, fine, percent
from dynviz.records.tasks import CUSTOM

Loss = Literal["differs", "harm"]

LOST = {
    ("differs", "sentence"): "answers differ from full depth",
    ("harm", "sentence"): "answers are wrong where full depth is right",
    ("differs", "token"): "words are tagged otherwise than at full depth, on average over texts",
    ("harm", "token"): "words are wrong where full depth is right, on average over texts",
}
KEPT = "With {level} confidence at most {limit} of {lost}: {knobs}, {share} of the compute."
NONE = "No setting of the knob keeps the promise that, with {level} confidence, at most {limit} of {lost}: only full depth does."
WHY_NONE = (
    "The safest setting tested, {knobs}, already fails. With {n} a limit below {least} cannot be shown even where nothing is lost; "
    "allow more, or take a method that stops later."
)
CHECKED = "{risk} [{low}, {high}] of {lost}, at {share} of the compute. {verdict}"
VERDICTS = {
    "within": "The whole {level} interval lies within the limit of {limit}.",
    "open": "The observed share is within the limit of {limit}; its {level} interval reaches beyond.",
    "over": "The observed share is above the limit of {limit}, but its {level} interval includes it: chance may do that.",
    "broken": "The whole {level} interval lies above the limit of {limit}: on these texts the promise is broken.",
}
NOT_CHECKED = "This setting was not measured on the evaluation split."
FULL_CHECK = "Full depth differs from itself nowhere: nothing to check."

RESTS = (
    "**Exchangeable texts.** The promise holds for texts drawn like those of the calibration split, one by one and independently.",
    "**Chosen before looking.** Settings are tested in the order of the knob, from safe to bold, each once, and testing stops at the first "
    "that fails (Learn then Test, fixed sequence; Hoeffding-Bentkus bounds). That order does not depend on the data, so no correction is "
    "needed.",
    "**On average.** At most so many of all texts, not of each kind: a kind of text may lose more. And one promise in {miss} may "
    "fail by bad luck of the calibration draw.",
    "**One promise.** It holds for the loss, limit and confidence asked for in advance; trying many and keeping the best loosens it.",
)
SPLITS = {
    "sst2": (
        "**Are they exchangeable here? Not strictly.** The calibration split was drawn by lot (1,000 rows, fixed seed) from the training "
        "treebank's whole sentences of ten or more words, which training did not see. The evaluation split is the official dev set: "
        "sentences of any length, from other reviews of the same kind. Short sentences are therefore missing in calibration. The check on "
        "the evaluation split says what came of it."
    ),
    "pos": (
        "**Are they exchangeable here? Not strictly.** Calibration is the treebank's dev part and the evaluation split its test part: the "
        "same five kinds of web text, but whole documents in each, not sentences drawn by lot. Sentences of one document are alike, so the "
        "split holds less than its number of sentences says."
    ),
    "imdb": (
        "**Are they exchangeable here? Not strictly.** Calibration holds all reviews of films drawn by lot from the training part; the "
        "evaluation split is from the official test part, of other films. Reviews of one film are alike, so the split holds less than its "
        "number of reviews says."
    ),
    "clinc150": (
        "**Are they exchangeable here? Not strictly.** Calibration was drawn by lot, within each intent, from the training part, which "
        "training did not see; the evaluation split is the official dev part. Both hold the 150 intents alike, but requests out of scope "
        "are 3.2 % of the evaluation split and 0.7 % of the calibration split."
    ),
    "wnut17": (
        "**Are they exchangeable here? No.** Calibration is the official dev part and the evaluation split the test part, which were "
        "gathered from different places on the web, with names that are new in each: that is what the data were made for (Derczynski et "
        "al., W-NUT 2017)."
    ),
    "mrpc": (
        "**Are they exchangeable here? Nearly.** Calibration was drawn by lot, within each label, from the training part, which training "
        "did not see; the evaluation split is the official dev part, which GLUE drew by lot from the same training part."
    ),
} | dict.fromkeys(
    CUSTOM,
    "**Are they exchangeable here? With each other.** Both were drawn by lot, within each label where a text has one, from the rows that "
    "the model was fitted with. For texts from elsewhere, or of a later time, nothing is promised.",
)
UNKNOWN_SPLIT = "How the splits of this task were drawn is not known here, so nothing can be said about their being exchangeable."
FITTED = (
    "**Used before.** After training, {name} was fitted on the calibration split, with its labels. The order of the settings does not "
    "depend on that, but their risks there may look a little too small."
)


def promised(kept: bool, loss: Loss, unit: str, limit: float, level: float, knobs: str, share: float) -> str:
    """What is promised at the setting that was chosen; where none passed, that only full depth keeps it."""
    said = {"level": percent(level), "limit": fine(limit), "lost": LOST[loss, unit], "knobs": knobs, "share": percent(share)}
    return (KEPT if kept else NONE).format(**said)


def why_none(n: int, level: float, knobs: str, noun: str = "sentence") -> str:
    """Why no setting passed. knobs: the safest one tested, over n texts; noun: what these are called."""
    least = 1 - (1 - level) ** (1 / n)  # the bound where nothing is lost
    return WHY_NONE.format(knobs=knobs, n=count(n, noun), least=fine(least))


def checked(loss: Loss, unit: str, risk: tuple[float, float, float], limit: float, level: float, share: float) -> str:
    """What was lost on the evaluation split (share lost, and its interval), and how that lies to the limit."""
    seen, low, high = map(fine, risk)
    verdict = VERDICTS[outcome(*risk, limit)].format(level=percent(level), limit=fine(limit))
    return CHECKED.format(risk=seen, low=low, high=high, lost=LOST[loss, unit], share=percent(share), verdict=verdict)


def outcome(risk: float, low: float, high: float, limit: float) -> str:
    """How a share and its interval lie to a limit: a key of `VERDICTS`."""
    if high <= limit:
        return "within"
    if low > limit:
        return "broken"
    return "open" if risk <= limit else "over"


def rests_on(task: str, level: float, fitted: str = "") -> list[str]:
    """What the promise rests on, in Markdown, a paragraph each. fitted: the method's title where the calibration split was used before."""
    said = [rest.format(miss=round(1 / (1 - level))) for rest in RESTS]
    return [*said, SPLITS.get(task, UNKNOWN_SPLIT), *([FITTED.format(name=fitted)] if fitted else [])]
