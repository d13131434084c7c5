"""Early-exit checkpoints that others released: recognised by the names of their tensors, and opened as a method of ours.

A file a family: what it is recognised by, which of its tensors is which of ours, and what of it is not read. Nothing is written and nothing
is guessed: what is missing, of another shape or of two families is refused in one sentence that names the tensor. No torch here but in
`opening`, so that folders are listed quickly. That the opened model answers as the authors' code does is tested for every family on tiny
files in the authors' own form (`tests/checkpoint/released/`); at a load names and shapes alone are held against what the method asks for.
"""
