"""Wrong changes to the encoder whose tokens keep their places, and to the base whose layers are shared."""

from tests.mutate.run import changes

MODERN = "tests/core/test_modern.py"

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
        ("places: of the survivors", "taken(self.positions, packed.keys), packed", "torch.arange(len(packed.keys)), packed"),
    ),
    *changes(
        "dynviz/core/layer.py",
        MODERN,
        ("window: a place short", "away > self.window", "away >= self.window"),
        ("window: mass is a mean over all", " * len(here) / (~far)", " * 1 / (~far)"),
        ("window: padding that sees nothing spoils the text", "masked_fill((both == -torch.inf)", "masked_fill((both == torch.inf)"),
    ),
    *changes(
        "dynviz/core/encoder.py",
        MODERN,
        ("ModernBERT: heads read raw states", "cast(Tensor, self._final(states))", "states"),
        ("ModernBERT: training reads raw states", "return [self.final(states) for states in", "return [states for states in"),
    ),
    *changes(
        "dynviz/core/modernbert.py",
        MODERN,
        ("ModernBERT: turned the other way", "first * cos - second * sin", "first * cos + second * sin"),
        ("ModernBERT: half of a gated block", "3 * self.outer.in_features // 2", "self.outer.in_features"),
        ("ModernBERT: the gate first", "self.activation(inner) * gate", "self.activation(gate) * inner"),
    ),
    *changes(
        "dynviz/core/deberta.py",
        MODERN,
        ("DeBERTa: seen from the key", "[here[:, None] - there +", "[there - here[:, None] +"),
        ("DeBERTa: one product weighs more", "math.sqrt(TERMS * queries", "math.sqrt(queries"),
        ("DeBERTa: tables are never made anew", "found = self.kept.get(made_of)", "found = next(iter(self.kept.values()), None)"),
        ("DeBERTa: a row too few", "max(middle - length + 1, 0)", "max(middle - length + 2, 0)"),
    ),
    *changes(
        "dynviz/core/engine.py",
        "tests/checkpoint/test_hf.py",
        ("pairs: segments are forgotten", "embed(self.ids, self.positions, self.types)", "embed(self.ids, self.positions)"),
    ),
    *changes(
        "dynviz/data/pairs.py",
        "tests/data/test_pairs.py",
        ("pairs: the second text's places are those in it", "len(pair[0]) + 1, 0)", "0, 0)"),
        ("pairs: the beginning of the pair alone", '"longest_first"', '"only_second"'),
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
        "dynviz/api/checks.py",
        "tests/cli/test_doctor.py",
        ("doctor: nobody stands anywhere", "places if layer.placed else None", "None"),
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
