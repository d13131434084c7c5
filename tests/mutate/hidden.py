"""Wrong changes to what reads hidden words back, to the base it stands on, and to what is said where either does not fit."""

from tests.mutate.run import changes

HIDDEN = (
    *changes(
        "dynviz/measure/word_settling.py",
        "tests/measure/test_word_settling.py",
        ("hidden: the mean over pieces", "torch.zeros(len(words), dtype=torch.float64).index_add_(0, rows, told).exp()",
         "torch.zeros(len(words), dtype=torch.float64).index_reduce_(0, rows, told, 'mean', include_self=False).exp()"),
        ("hidden: other words too", "np.where(pieces.sentences.word == word, mask", "np.where(pieces.sentences.word >= word, mask"),
    ),
    *changes(
        "dynviz/checkpoint/masked_config.py",
        "tests/checkpoint/test_base.py",
        ("heads: as many numbers as there are", "if not len(part.right) == len(part.likely) == len(self.layers)", "if not part.right"),
        ("heads: layers in any order", "one >= other for one, other", "one == other for one, other"),
    ),
    *changes(
        "dynviz/checkpoint/masked.py",
        "tests/checkpoint/test_base.py",
        ("heads: of a layer that is not there", "if told.layers[-1] > len(encoder.layers):", "if False:"),
        ("heads: whatever is stacked is parted", " and not len(tensor) % layers}", "}"),
        ("base: another one in its place keeps old embeddings", "config=read_base(folder).config, base=digest(folder))",
         "config=read_base(folder).config)"),
    ),
    *changes(
        "dynviz/checkpoint/catalogue.py",
        "tests/checkpoint/test_base.py",
        ("base: nobody asks whether it is there", "if found.runnable and found.base is not None:", "if False:"),
        ("base: numbers alone need it too", "if found.runnable and found.base is not None:", "if found.base is not None:"),
    ),
    *changes(
        "dynviz/checkpoint/base_build.py",
        "tests/cli/test_base.py",
        ("base: what was begun stays", "made = Path(aside) / folder.name", "made = folder"),
    ),
    *changes(
        "dynviz/cli/base.py",
        "tests/cli/test_base.py",
        ("base: the one that ships is checked", "Path(arguments.published) if arguments.published else", ""),
    ),
    *changes(
        "dynviz/figures/wording.py",
        "tests/figures/test_backbones.py",
        ("interval: nothing seen is nothing there", "if low == high == 0:", "if False:"),
    ),
)  # fmt: skip
