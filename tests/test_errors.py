"""The one error of a user's mistake: one line, whatever it quotes."""

import pickle

import pytest

from dynviz.errors import PART, WORD, InputError, refusing, unpanicked
from tests.panicking import panic


def test_it_says_what_why_and_what_to_do() -> None:
    error = InputError("a.csv is empty", "it has no content", "Give another")
    assert str(error) == "a.csv is empty: it has no content. Give another."
    assert (error.what, error.why, error.do) == ("a.csv is empty", "it has no content", "Give another")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize(
    ("quoted", "shown"),
    [
        ("one\n  two\r\n\nthree\u2028four", "one two three four"),
        ("a\tb", "a\\tb"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\ud800", "\\ud800"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\U0001f469\u200d\U0001f4bb é e\u0301 好", "\U0001f469\u200d\U0001f4bb é e\u0301 好"),
        ("", "no reason is given"),
    ],
)
def test_what_it_quotes_is_brought_to_one_line_that_obeys_nobody(quoted: str, shown: str) -> None:
    error = InputError("It is wrong", quoted, "Mend it")
    assert error.why == shown
    assert str(error) == f"It is wrong: {shown}. Mend it."
    assert str(pickle.loads(pickle.dumps(error))) == str(error), "a second time nothing changes"


def test_what_it_quotes_is_cut_in_the_middle() -> None:
    word = InputError("a" * 300_000 + "z", "b", "c").what
    assert (len(word), word[0], word[-1]) == (WORD, "a", "z")
    why = InputError("a", "many words " * 100_000 + "end", "c").why
    assert (len(why), why[:4], why[-3:]) == (PART, "many", "end")


def test_a_list_of_names_and_a_path_stay_whole() -> None:
    names, path = ", ".join(f"checkpoint-{i}" for i in range(60)), "/a folder/" + "b" * 150
    assert InputError(path, names, "c").why == names
    assert InputError(path, names, "c").what == path


def test_a_panic_of_a_library_is_an_exception_and_a_refusal() -> None:
    with pytest.raises(BaseException, match="charsmap") as caught:
        panic()
    assert not isinstance(caught.value, Exception)
    with pytest.raises(RuntimeError, match="charsmap"), unpanicked():
        panic()
    with pytest.raises(InputError, match="charsmap"), refusing("It cannot be read", "Mend it"):
        panic()


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, KeyError])
def test_who_wants_to_end_may(kind: type[BaseException]) -> None:
    with pytest.raises(kind), unpanicked():
        raise kind
