"""Wrong changes to the encoder whose tokens keep their places, and to the base whose layers are shared."""

from tests.mutate.run import changes

BASES = (
    *changes(
        "dynviz/core/mpnet.py",
        "tests/core/test_mpnet.py",
        ("MPNet: seen from the key", "there[None, :] - here[:, None]", "here[:, None] - there[None, :]"),
        ("MPNet: far is near", "FAR = 128", "FAR = 64"),
    ),
    *changes(
        "dynviz/core/engine.py",
        "tests/core/test_mpnet.py",
        ("places: of the survivors", "taken(self.positions, packed.keys)) if", "torch.arange(len(packed.keys))) if"),
    ),
    *changes(
        "dynviz/core/lora.py",
        "tests/checkpoint/test_base.py",
        ("updates: the second alone", "torch.cat([linear.scale * linear.b, b], 1)", "torch.cat([0 * linear.b, b], 1)"),
        ("updates: biases are shared with a copy", "nn.Parameter(module.bias.clone(), requires_grad=False)", "module.bias"),
        ("updates: a copy drops out", "_put(model, name, plain.train(module.training))", "_put(model, name, plain)"),
    ),
    *changes(
        "dynviz/checkpoint/encoders.py",
        "tests/checkpoint/test_base.py",
        ("base: updates of the second are merged into shared weights", "lora.beside if beside else lora.merge", "lora.merge"),
        ("base: any will do", "    check_digest(base, stage.base, folder)\n", ""),
    ),
    *changes(
        "dynviz/checkpoint/blocks.py",
        "tests/checkpoint/test_base.py",
        ("4 bits: halves of a block change places", "torch.cat([pairs & 15, pairs >> 4], 1)", "torch.cat([pairs >> 4, pairs & 15], 1)"),
    ),
    *changes(
        "dynviz/figures/backbones_pictures.py",
        "tests/figures/test_backbones.py",
        ("backbones: a share of either is work", "reached = [(one.method, one.share[i] * times,", "reached = [(one.method, one.share[i],"),
        ("backbones: what cannot be told is sure", 'one.share, side(one.more) != "level",', "one.share, True,"),
    ),
    *changes(
        "dynviz/figures/backbones.py",
        "tests/figures/test_backbones.py",
        ("backbones: what may be holds", '"level": "It cannot be told whether"', '"level": "It holds that"'),
        ("backbones: the cheapest cut of all", "key=lambda point: max(point[0], 1 / point[0])", "key=lambda point: point[0]"),
    ),
    *changes(
        "dynviz/measure/backbones.py",
        "tests/measure/test_backbones.py",
        ("backbones: the mean is of one method", "_surely(gains.mean(0)[None])[0]", "_surely(gains[:1])[0]"),
    ),
    *changes(
        "dynviz/cli/checks.py",
        "tests/cli/test_doctor.py",
        ("doctor: nobody stands anywhere", "(live.positions, live.positions) if layer.placed else None", "None"),
    ),
    *changes(
        "dynviz/ui/shell/loads.py",
        "tests/ui/test_loading.py",
        ("loads: a failed one stays", "            with _begins:\n                _loads.pop(folder, None)", "            pass"),
    ),
    *changes(
        "dynviz/checkpoint/base.py",
        "tests/checkpoint/test_base.py",
        ("base: hashes are not asked", "    check_files(folder, base)\n", ""),
        ("base: everybody reads it", "    with _once:\n", "    if True:\n"),
    ),
)
