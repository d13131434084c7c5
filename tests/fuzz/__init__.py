"""Mutated inputs of every kind, each from a seed, given to the code that reads them: `python -m tests.fuzz --cases 50000`.

What comes in is read, or refused with one `InputError` sentence; nothing else may happen (`bar.py`). A kind of input is one file: it makes
a sound input, breaks it with `values.py` (what a format means) or `raw.py` (its bytes), and gives it to the code. Cases run in worker
processes (`worker.py`), so that one that hangs or dies is a failure of its seed and not of the run (`watch.py`).

Libraries that guide mutations by coverage (atheris) need builds of their own and no seed brings their cases back; those that generate
(hypothesis) neither limit processor time and memory nor survive a crash.
"""
