"""What the labels written in a column mean: a codebook, by the task's names, as told, or as is commonly written."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from dynviz.data import scales
from dynviz.data.names import OF_PAIRS, bare, of_opinions
from dynviz.data.scales import Numbers, numbering, numbers, poles
from dynviz.errors import InputError
from dynviz.records.tasks import Task

NO_ANSWER = frozenset({"", "nan", "none", "null", "na", "n/a", "<na>", "?", "_", "-"})
BY_NUMBER, BY_WORDS = "this goes by the data set's own numbers", "this goes by the words alone"
BY_DIGITS = "this goes by the numbers in the labels' names, and by custom 0 is the first of the task's"
BY_NAME = "this goes by custom, but the column is not called like opinions"
MARKS = frozenset({"0", "1", "true", "false", "yes", "no", "y", "n", "t", "f"})  # of something, which the column's name says
MOST = 200  # different words for which a likely meaning is looked for
_SURE = {
    "neg": "negative", "bad": "negative", "negative": "negative", "false": "negative", "pos": "positive", "good": "positive",
    "positive": "positive", "true": "positive", "neu": "neutral", "neutral": "neutral",
}  # fmt: skip
_LIKELY = {
    "no": "negative", "n": "negative", "dislike": "negative", "rotten": "negative", "yes": "positive", "y": "positive", "p": "positive",
    "like": "positive", "fresh": "positive", "mixed": "neutral", "t": "positive", "f": "negative", "👍": "positive", "👎": "negative",
    "thumbs up": "positive", "thumbs down": "negative", "up": "positive", "down": "negative", "happy": "positive", "sad": "negative",
    "liked": "positive", "disliked": "negative", "🙂": "positive", "😀": "positive", "😊": "positive", "🙁": "negative", "😞": "negative",
    "😠": "negative", "😐": "neutral", "favorable": "positive", "unfavorable": "negative", "favourable": "positive",
    "unfavourable": "negative", "recommended": "positive",
}  # fmt: skip
_PAIRS = (  # likely where both stand in a column; one alone says too little
    ("love", "hate"), ("loved", "hated"), ("great", "terrible"), ("great", "awful"), ("excellent", "poor"), ("best", "worst"),
    ("better", "worse"), ("amazing", "awful"), ("recommend", "avoid"), ("recommended", "not recommended"), ("happy", "unhappy"),
    ("satisfied", "dissatisfied"), ("satisfied", "unsatisfied"), ("for", "against"), ("pro", "con"), ("win", "loss"), ("won", "lost"),
    ("approve", "disapprove"), ("agree", "disagree"), ("success", "failure"), ("bullish", "bearish"), ("promoter", "detractor"),
    ("favor", "against"), ("ok", "bad"), ("fine", "bad"), ("funny", "boring"), ("buy", "sell"), ("joy", "sadness"), ("❤", "💔"),
)  # fmt: skip
_NOUNS = frozenset({"review", "opinion", "sentiment", "feedback", "comment", "rating", "tone"})  # after an opinion: "bad review"
_WHOLE = re.compile(r"[+-]?\d{1,6}(?:\.0{1,6}|,0{1,2})?")  # "1,0" as German writes it; "1,000" is a thousand
_AGAINST = frozenset({"not", "non", "no", "less", "never", "neither"})  # "not positive" may be neutral
_NUMBERED = re.compile(r"(?:label|class)[ _-]?(\d{1,6})", re.IGNORECASE)
_EMOJI = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")  # how a sign is drawn, and its colour of skin
_STARS = re.compile(r"([1-5])(?: ?stars?| ?/ ?5)|([★⭐]{1,5})☆{0,4}")
_RATED = re.compile(r"stars?\b|rating|\brate", re.IGNORECASE)


@dataclass(frozen=True)
class Codebook:
    """What each label written in a column means. "" means no answer: such rows are left out.

    known: by its name, a numbering that is published, or as told. assumed: those of them that go by custom, not by name.
    proposed: likely, but to be confirmed. guess: what the proposal goes by, in words. unknown: the others.
    """

    known: Mapping[str, str] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)
    proposed: Mapping[str, str] = field(default_factory=dict)
    guess: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether something has to be asked."""
        return bool(self.proposed or self.unknown)

    @property
    def answers(self) -> bool:
        """Whether any label is one, and not the mark of a row without."""
        return bool(self.proposed or self.unknown) or any(self.known.values())


def written(value: Any) -> str:
    """A label as it was written, without blanks around it; a whole number always in one way (1, not 1.0 or +1)."""
    if isinstance(value, bool):
        return str(value).lower()
    word = str(value).strip()
    return str(_whole(word)) if _WHOLE.fullmatch(word) else word


def _whole(word: str) -> int:
    return int(float(word.replace(",", ".")))


def said(word: str) -> str:
    """A label in a sentence: its beginning, quoted where it would break the line."""
    return word[:40] if word.isprintable() else repr(word)[:40]


def no_answer(word: str) -> bool:
    """Whether a label commonly marks a row that has none: -1, ?, NaN."""
    return word.lower() in NO_ANSWER or (word.startswith("-") and bool(_WHOLE.fullmatch(word)) and _whole(word) in scales.NO_ANSWER)


def words_in(values: Iterable[Any]) -> Counter[str]:
    """The different labels in a column, and how often each stands there."""
    values = list(values)
    try:
        raw: Iterable[tuple[Any, int]] = [(value, n) for (_, value), n in Counter(zip(map(type, values), values, strict=True)).items()]
    except TypeError:  # lists and objects, which are no labels of a sentence
        raw = ((value, 1) for value in values)
    found: Counter[str] = Counter()
    for value, n in raw:
        found[written(value)] += n
    return found


def codebook(
    task: Task,
    counts: Mapping[str, int],
    told: Mapping[str, str] | None = None,
    column: str = "",
    classes: Mapping[str, str] | None = None,
    chosen: bool = False,
) -> Codebook:
    """What the labels of a column mean. counts: `words_in` it; told: what a label means, as the user says; column: its name;
    classes: the names of its numbers, where the source gives them; chosen: the user named the column, so 0 and 1 are opinions there."""
    unclear = not (chosen or of_opinions(column) or (task.pair and bare(column) in OF_PAIRS))  # a 1 in "is_spam" is nobody's opinion
    names, given = _names(task), checked(task, told)
    known = {word: given[word] for word in counts if word in given}
    rest = [word for word in counts if word not in known]
    coded = {word: _whole(word) for word in rest if _WHOLE.fullmatch(word)}
    known |= {word: label for word in rest if word not in coded and (label := _called(names, task, word)) is not None}
    other = [word for word in rest if word not in known and word not in coded]
    coded |= {word: number for word in other if (number := _number(task, word)) is not None}
    coded = dict(sorted(coded.items(), key=lambda pair: pair[1]))
    found = _numbers(task, counts, coded, column)
    found = _unsure(found) if unclear else found
    sure, likely = _words(task, [word for word in other if word not in coded], "+" in counts)
    likely |= (by_names := _by_number(task, [word for word in other if word not in coded and word not in {**sure, **likely}]))
    if unclear:  # a "good" in "weather" is nobody's opinion of a text either
        likely |= {word: label for word, label in sure.items() if label}
        sure = {word: label for word, label in sure.items() if word not in likely}
    numbered = {i: w for i, w in (classes or {}).items() if i.isdigit()} if found.ids and not poles(task) else {}
    if numbered:
        likely |= {w: found.ids[int(i)] for i, w in numbered.items() if int(i) in found.ids and w in other and w not in sure}
    known |= {**found.known, **sure}
    proposed = {**found.proposed, **likely}
    assumed = {word: label for word, label in {**found.assumed, **sure}.items() if label}
    unknown = tuple(word for word in rest if word not in known and word not in proposed)
    named = BY_NAME if unclear else BY_DIGITS if by_names else BY_NUMBER if numbered else BY_WORDS
    return Codebook(known, assumed, proposed, (found.guess or named) if proposed else "", unknown)


def checked(task: Task, told: Mapping[str, str] | None) -> dict[str, str]:
    """Meanings as the user gives them, in the task's own names; an InputError where one is no label of the task."""
    out, names = {}, _names(task)
    for word, label in (told or {}).items():
        known = _called(names, task, str(label)) if label and str(label).strip() else ""
        if known is None:
            what = f"The label {str(word)[:40]!r} cannot mean {str(label)[:40]!r}"
            raise InputError(what, f"the task's labels are {shown(task)}", "Give one of these, or nothing to leave its rows out")
        out[written(word)] = known
    return out


def _names(task: Task) -> dict[str, str]:
    """The task's labels by their plain names; those that two share are not among them."""
    plain = Counter(_plains(task.labels))
    return {name: label for name, label in zip(_plains(task.labels), task.labels, strict=True) if plain[name] == 1}


@lru_cache(maxsize=4)  # asked for each column and word, and a model may have thousands of labels
def _plains(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_plain, labels))


def _called(names: Mapping[str, str], task: Task, word: str) -> str | None:
    """The label of this name, in any case and however its words are joined."""
    return word if word in task.labels else names.get(_plain(word))


def shown(task: Task, most: int = 20) -> str:
    """A task's labels for a sentence; at most so many."""
    more = len(task.labels) - most
    return ", ".join(task.labels[:most]) + (f" and {more} more" if more > 0 else "")


def _plain(word: str) -> str:
    if len(word) > 100:  # no label's name
        return word
    joined = re.sub(r"(?<=\w)[\s_-]+(?=\w)", " ", word.strip().lower().removeprefix("__label__"))
    return joined.removesuffix("s") if joined.endswith(" stars") else joined


def _number(task: Task, word: str) -> int | None:
    """The number that "4 stars", "4/5", "★★★★" or, for a task of numbers, "true" says."""
    if word in ("true", "false") and not poles(task):
        return int(word == "true") if {0, 1} <= set(numbering(task)) else None
    found = _starred(word)
    return None if found is None else int(found[1]) if found[1] else len(found[2])


def _starred(word: str) -> re.Match[str] | None:
    return _STARS.fullmatch(word[:20].lower().replace("\ufe0f", ""))


def _numbers(task: Task, counts: Mapping[str, int], coded: Mapping[str, int], column: str) -> Numbers[str]:
    """What labels that are numbers mean."""
    totals: Counter[int] = Counter()
    for word, number in coded.items():
        totals[number] += counts[word]
    rated = bool(_RATED.search(column[:100])) or any(map(_starred, coded))
    found = numbers(task, totals, rated)
    known, assumed, proposed = ({w: of[n] for w, n in coded.items() if n in of} for of in (found.known, found.assumed, found.proposed))
    return Numbers(known, assumed, proposed, found.guess, found.ids)


def _unsure(found: Numbers[str]) -> Numbers[str]:
    """What numbers mean by custom, as no more than a proposal."""
    known = {word: label for word, label in found.known.items() if word not in found.assumed}
    return replace(found, known=known, assumed={}, proposed=found.assumed, guess=BY_NAME) if found.assumed else found


def _by_number(task: Task, words: Sequence[str]) -> dict[str, str]:
    """What LABEL_0 and LABEL_1 likely mean, which `transformers` writes where a model's labels have no names: all of them or none."""
    found = {word: int(match[1]) for word in words[:MOST] if (match := _NUMBERED.fullmatch(word[:20]))}
    fit = task.unit == "sentence" and bool(found) and max(found.values()) < len(task.labels)
    return {word: task.labels[n] for word, n in found.items()} if fit else {}


def _words(task: Task, words: Sequence[str], signs: bool) -> tuple[dict[str, str], dict[str, str]]:
    """What labels that are words mean: surely, and likely."""
    ends = poles(task)
    sure, likely = {}, {}
    for word in words:
        low = _plain(word)
        side = _SURE.get(low) or ({"+": "positive", "-": "negative"}.get(low) if signs else None)
        if side in ends:
            sure[word] = ends[side]
        elif side == "neutral" and ends:  # a word for what this task has no label for
            likely[word] = ""
        elif low in NO_ANSWER:
            sure[word] = ""
        elif task.unit == "sentence" and len(words) <= MOST and (label := _likely(task, low, ends)) is not None:
            likely[word] = label
    return sure, likely | _opposed([word for word in words if word not in {**likely, **sure}], words, ends)


def _opposed(asked: Sequence[str], words: Sequence[str], ends: Mapping[str, str]) -> dict[str, str]:
    """What words likely mean whose opposites stand beside them."""
    there = {_EMOJI.sub("", _plain(word)) for word in words[:MOST]} if ends else set()
    sides = {w: side for pair in _PAIRS if there >= set(pair) for w, side in zip(pair, ("positive", "negative"), strict=True)}
    return {word: ends[side] for word in asked if (side := sides.get(_EMOJI.sub("", _plain(word))))}


def _likely(task: Task, low: str, ends: Mapping[str, str]) -> str | None:
    """ "very positive" is likely positive, and "entail" entailment; None where nothing fits."""
    if len(low) > 40 or not low.isprintable():
        return None
    low, words = _EMOJI.sub("", low), low.split(" ")
    told = words[-2] if len(words) > 1 and words[-1] in _NOUNS else words[-1]
    side = _LIKELY.get(low) or (_SURE.get(told) if _AGAINST.isdisjoint(words) else None)
    if ends and side is not None:
        return ends.get(side, "")
    if len(low) < 2 or len(task.labels) > MOST:
        return None
    fitting = [i for i, name in enumerate(_plains(task.labels)) if name.startswith(low) or low.startswith(name)]
    return task.labels[fitting[0]] if len(fitting) == 1 else None
