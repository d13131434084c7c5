"""Pickles that nobody wrote in good faith, in the layout of torch.save: programs, claims, nests and archives."""

import io
import os
import pickle
import warnings
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import torch

MAGIC = b"\x80\x02"  # protocol 2, which torch.save writes
DATA = "data.pkl"
BOMB = 30_000_000  # bytes, of some KB


class Evil:
    """Runs a command where it is unpickled."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.mark}",)


def value(found: Any) -> bytes:
    """What leaves a plain value on the stack, and nothing in the memo that is asked for."""
    return pickle.dumps(found, 2)[2:-1]


def called(place: str, name: str, *arguments: bytes) -> bytes:
    """The call of what is imported."""
    return f"c{place}\n{name}\n".encode() + b"(" + b"".join(arguments) + b"tR"


def table(of: bytes) -> bytes:
    """A table of this one thing, as a whole pickle."""
    return MAGIC + b"}" + value("a.weight") + of + b"s."


def ran(place: str, name: str, code: str = "touch {}") -> Callable[[str], bytes]:
    """A call of something that can do harm; of python, `code` marks a place."""
    return lambda mark: table(called(place, name, value(code.format(mark))))


SYSTEM, PYTHON = b"cos\nsystem\n", "open({!r}, 'w').close()"
PROGRAMS: tuple[Callable[[str], bytes], ...] = (
    ran("os", "system"), ran("posix", "system"), ran("subprocess", "getoutput"), ran("builtins", "exec", PYTHON),
    ran("builtins", "eval", PYTHON),    ran("torch._utils", "os.system"), ran("torch", "os.system"), ran("torch", "load", "{}"),
    ran("pathlib", "Path.touch", "{}"),
    ran("torch.serialization", "os.mkdir", "{}"), ran("_io", "open", "{}"), ran("torch.hub", "load", "{}"),
    lambda mark: b"(S'touch " + mark.encode() + b"'\nios\nsystem\n.",
    lambda mark: b"(cos\nsystem\n" + value(f"touch {mark}") + b"o.",
    lambda mark: b"\x80\x04\x8c\x02os\x8c\x06system\x93" + value(f"touch {mark}") + b"\x85R.",
    lambda mark: table(b"cos\nsystem\n" + value(f"touch {mark}") + b"\x85\x81"),
    lambda mark: table(called("collections", "OrderedDict") + b"}" + value("__reduce__") + b"cos\nsystem\ns" + b"b"),
    lambda mark: table(called("torch._utils", "_rebuild_parameter", called("os", "system", value(f"touch {mark}")), b"\x89", b"N")),
    lambda mark: table(called("torch._tensor", "_rebuild_from_type_v2", SYSTEM, SYSTEM, value((f"touch {mark}",)), b"N")),
    lambda mark: table(b"\x82\x01"),
    lambda mark: table(b"cnothing_of_this_name\nx\n"),
    lambda mark: table(value(mark) + b"Q"),
)  # fmt: skip


def storage(count: int, kind: str = "FloatStorage", key: str = "0") -> bytes:
    return b"(" + value("storage") + f"ctorch\n{kind}\n".encode() + value(key) + value("cpu") + value(count) + b"tQ"


def tensor(count: int, offset: Any, size: Any, stride: Any, **more: str) -> bytes:
    """A tensor of so many numbers, seen in a shape."""
    seen = (storage(count, **more), value(offset), value(size), value(stride), b"\x89", called("collections", "OrderedDict"))
    return table(called("torch._utils", "_rebuild_tensor_v2", *seen))


CLAIMS: tuple[bytes, ...] = (
    tensor(4, 0, (10**6, 10**6), (0, 0)), tensor(4, 0, (10**4, 10**4), (0, 0)), tensor(4, 0, (4 * 10**9,), (1,)),
    tensor(4, 10**12, (1,), (1,)),
    tensor(4, 0, (-1,), (1,)), tensor(4, 0, (2, 2), (-1, 1)), tensor(2**40, 0, (2**40,), (1,)), tensor(-1, 0, (1,), (1,)),
    tensor(4, -1, (1,), (1,)), tensor(4, 0, (1.5,), (1,)), tensor(4, "0", "12", None), tensor(4, 0, (1,) * 500, (1,) * 500),
    tensor(4, 0, (2**62, 4), (0, 0)), tensor(0, 0, (0, 10**9), (1, 1)), tensor(4, 0, (1,), (1,), key="nothing"),
    tensor(4, 0, (1,), (1,), key="../../etc/passwd"), tensor(4, 0, (1,), (1,), key="a" * 10_000),
    tensor(4, 0, (1,), (1,), kind="LongStorage"), tensor(4, 0, (1,), (1,), kind="nothing"), tensor(4, 0, (1,), (1,), kind="BoolStorage"),
    table(called("builtins", "bytearray", value(10**10))), table(called("collections", "Counter", value("abc" * 1000))),
    table(called("_codecs", "encode", value("a" * 100_000), value("idna"))), table(called("_codecs", "encode", value("a"), value("zip"))),
    table(called("torch", "Size", value((2**70,)))), table(called("torch", "device", value("cuda:9999"))),
    table(b"\x8a\xff" + b"\x7f" * 255), table(b"X\xff\xff\xff\x7fabc"), table(b"U\xffabc"), table(b"r\xff\xff\xff\xff"), table(b"h\x07"),
    MAGIC + b".", b".", MAGIC + b"}", b"\x80\x09}.", table(b"N")[:-1], MAGIC + b"}" + value(5) + value(5) + b"s.",
)  # fmt: skip


def sparse() -> torch.Tensor:
    return torch.eye(3).to_sparse()


TENSORS: tuple[Callable[[], Any], ...] = (
    lambda: torch.ones(1).expand(200_000, 20_000), lambda: torch.empty(5, 5, device="meta"), lambda: torch.empty(0, 7),
    lambda: torch.tensor(5.0),
    lambda: torch.full((3, 3), float("nan")), lambda: torch.ones(3, dtype=torch.complex64), lambda: torch.ones(3, dtype=torch.bool),
    lambda: torch.arange(3), lambda: torch.nn.Parameter(torch.ones(2)), lambda: torch.ones(9).as_strided((4, 4), (1, 1)), sparse,
    lambda: torch.ones(3, 4).T, lambda: torch.ones(3).to(torch.float8_e4m3fn), lambda: torch.nn.Linear(2, 2),
    lambda: torch.Generator().get_state(),
    lambda: [torch.ones(1)], lambda: {"deeper": {"a": torch.ones(1)}}, lambda: "text", lambda: None, lambda: torch.ones(1) + 1j,
    lambda: torch.complex(torch.ones(2), torch.ones(2)).imag, lambda: torch.complex(torch.ones(2), torch.ones(2)).conj(), lambda: Odd(),
    lambda: torch.ones(2).as_subclass(torch.nn.Buffer),
)  # fmt: skip


class Odd(dict[str, Any]):
    """A table of another kind."""


NESTS: tuple[Callable[[int], bytes], ...] = (
    lambda count: table(b"N" + b"\x85" * count),  # in a tuple, in a tuple
    lambda count: table(b"]" * count + b"a" * (count - 1)),
    lambda count: table((b"}" + value("model")) * count + b"N" + b"s" * count),
    lambda count: table(b"N" + b"q\x07h\x07\x86" * min(count, 900)),  # two of the one before, each time
    lambda count: MAGIC + b"}N" + b"\x85" * count + b"Ns.",  # as a name, whose hash is asked for
    lambda count: MAGIC + b"}N" + b"q\x07h\x07\x86" * min(count, 60) + b"Ns.",
    lambda count: MAGIC + b"}" + b"".join(value(f"n{i}") + b"Ns" for i in range(count)) + b".",
    lambda count: MAGIC + b"}" + value("n" * 10 * count) + b"Ns.",
    lambda count: MAGIC + b"N0" * count + b".",
    lambda count: MAGIC + b"(" * count + b"t" * count + b".",
    lambda count: MAGIC + b"}q\x00" + value("state_dict") + b"h\x00s.",  # a table that holds itself
    lambda count: table(b"N" + b"q\x07h\x07\x86" * min(count, 60) + b")R"),  # called, so that a refusal shows it
)


def parts(data: bytes) -> dict[str, bytes]:
    """The files of a zip by their names; none where it is no zip."""
    if not data.startswith(b"PK"):
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        return {name: found.read(name) for name in found.namelist()}


def zipped(files: list[tuple[str, bytes]], kind: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", kind) as new:
        warnings.simplefilter("ignore")  # a name that is there twice
        for name, content in files:
            new.writestr(name, content)
    return out.getvalue()


def held(rng: Random, own: bytes, data: bytes) -> bytes:
    """This pickle in the place of the one in a file that torch.save wrote, or alone."""
    files = parts(data)
    if not files or rng.random() < 0.2:
        return own
    return zipped([(name, own if name.endswith(DATA) else content) for name, content in files.items()])


def packed(rng: Random, data: bytes) -> bytes:
    """The zip another way."""
    files = parts(data)
    name = rng.choice(sorted(files))
    root = name.split("/")[0]
    what = rng.randrange(8)
    if what == 0:
        return zipped(list(files.items()), zipfile.ZIP_DEFLATED)
    if what == 1:
        return zipped([*files.items(), (name, rng.choice((b"", files[name], b"\0" * 100)))])
    if what == 2:
        files[name] = rng.choice((b"", b"big", b"99", b"\0" * 10, b"9" * 5000))
    elif what == 3:
        del files[name]
    elif what == 4:
        files[name] = rng.choice((b"\0", b"N0")) * (BOMB // 2)
        return zipped(list(files.items()), zipfile.ZIP_DEFLATED)
    elif what == 5:
        files = {key.replace(root, rng.choice(("..", "/etc", "a" * 200, "")), 1): content for key, content in files.items()}
    elif what == 6:
        files[f"{root}/{rng.choice(('constants.pkl', 'code/x.py', '.data/serialization_id', 'data/999999', '.format_version'))}"] = b"x"
    else:
        out = bytearray(zipped(list(files.items())))
        end = out.rfind(b"PK\x01\x02")  # the last entry of its list
        at = end + rng.choice((10, 16, 20, 24, 28, 30, 42))
        out[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0"))
        return bytes(out)
    return zipped(list(files.items()))
