"""A view of one's own as an act: a link of this app, checked, so that it leads to a page of ours and nowhere else. No Streamlit in it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from dynviz.errors import InputError
from dynviz.figures.wording import shorten
from dynviz.records.files import printable
from dynviz.ui.present import text

LONGEST, FIELDS = 4000, 60
NAME = re.compile(r"[\w .:-]{1,80}")
PRIVATE = frozenset({"class", "teacher", "seat", "guess", "done", "stage", "pin", "embed", "embed_options"})  # stay with who has them


@dataclass(frozen=True)
class Pin:
    """A page ("" is the first) and what its address says."""

    page: str
    parameters: Mapping[str, str]

    @property
    def link(self) -> str:
        """The same as a value for the address: "compare?model=sst2-joint"."""
        return f"{self.page}?{urlencode(self.parameters)}"

    def title(self, pages: Mapping[str, str], first: str) -> str:
        """What the act is called: the page, and the text it looks at."""
        words = " ".join(self.parameters.get("text", "").split())
        return pages[self.page or first] + (f": “{shorten(words, 60)}”" if words else "")


def pinned(link: str, pages: Collection[str], first: str, host: str) -> Pin:
    """What a link leads to; an InputError where that is no page of this app. pages: their paths, `first` of the one without. host: ours."""
    found = _split(link)
    if found.netloc and (found.scheme not in ("http", "https") or found.netloc != host):
        raise _refused(text.ELSEWHERE, host=printable(found.netloc, 60))
    page = found.path.rstrip("/").rsplit("/", 1)[-1]
    page = "" if page == first else page
    if (found.scheme and not found.netloc) or (page and page not in pages):
        raise _refused(text.NO_PAGE, page=printable(page, 60))
    try:
        given = parse_qsl(found.query, max_num_fields=FIELDS)
    except ValueError:
        raise _refused(text.NO_LINK) from None
    return Pin(page, {name: value for name, value in given if NAME.fullmatch(name) and name not in PRIVATE})


def _split(link: str) -> SplitResult:
    words = link.strip()
    if not words or len(words) > LONGEST or not words.isprintable():
        raise _refused(text.NO_LINK)
    try:
        return urlsplit(words)
    except ValueError:
        raise _refused(text.NO_LINK) from None


def _refused(words: tuple[str, str, str], **holes: str) -> InputError:
    what, why, do = words
    return InputError(what, why.format(**holes), do)
