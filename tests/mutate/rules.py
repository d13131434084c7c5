"""Wrong changes to what is decided and counted: rules at their limits, FLOPs, statistics."""

from tests.mutate.run import changes

RULES = "tests/methods/test_decisions.py"

DECISIONS = (
    *changes(
        "dynviz/core/by_lot.py",
        "tests/core/test_by_lot.py",
        ("by lot: [CLS] may go", "np.where(sentences.first, -1.0, rng", "np.where(sentences.first, 2.0, rng"),
        ("by lot: one more stays", "self.place >= self.many", "self.place > self.many"),
    ),
    *changes(
        "dynviz/core/teacher.py",
        "tests/core/test_teacher.py",
        (
            "rollout: from the first layer on",
            "in reversed(list(zip(self.encoder.layers, states[:-1], strict=True)))",
            "in zip(self.encoder.layers, states[:-1], strict=True)",
        ),
    ),
    *changes(
        "dynviz/measure/pruned.py",
        "tests/measure/test_pruned.py",
        ("pruned: order is told of all layers", "(len(read) - 1) // 2 + 1", "len(read)"),
        ("pruned: any reading of tokens is ranked", 'r.unit == "token" and r.compared', 'r.unit == "token"'),
    ),
    *changes(
        "dynviz/figures/zoo_across.py",
        "tests/figures/test_zoo_across.py",
        ("across: who is farther is counted", "gain > 0 for gain", "gain < 0 for gain"),
        ("across: other questions are held beside", "_task(name).labels == _task(task).labels", "True"),
    ),
    *changes(
        "dynviz/measure/kept.py",
        "tests/measure/test_pruned.py",
        ("overlap by lot: of too many pieces", "expected / (a + b - expected)", "expected / (a + b)"),
    ),
    *changes(
        "dynviz/methods/_entropy.py",
        RULES,
        ("entropy: at the limit it leaves", '[layer] < knobs["entropy"]', '[layer] <= knobs["entropy"]'),
    ),
    *changes(
        "dynviz/methods/saturation.py",
        "tests/methods/test_saturation.py",
        ("saturation: each is held against its own", "flatnonzero(asked[then])", "flatnonzero(asked[then] | True)"),
        ("saturation: at the limit it leaves", '[layer] < knobs["turn"]', '[layer] <= knobs["turn"]'),
    ),
    *changes(
        "dynviz/methods/cascade.py",
        RULES,
        ("CascadeBERT: at the limit it answers", '[layer] > knobs["confidence"]', '[layer] >= knobs["confidence"]'),
    ),
    *changes(
        "dynviz/methods/dact.py",
        RULES,
        ("DACT-BERT: a tie is no proof", 'lower - upper >= -knobs["slack"]', 'lower - upper > -knobs["slack"]'),
        ("DACT-BERT: the layers to go are forgotten", "(1 - left) ** layers_to_go", "(1 - left)"),
        ("DACT-BERT: the other gains once only", "+ left * layers_to_go", "+ left"),
    ),
    *changes(
        "dynviz/methods/tokee.py",
        RULES,
        ("TOKEE: at the limit a word halts", 'worst < knobs["delta"]', 'worst <= knobs["delta"]'),
        ("TOKEE: the window looks one way", "np.maximum(out[:-shift], seen[shift:])", "out[:-shift]"),
    ),
    *changes(
        "dynviz/methods/ltp.py",
        RULES,
        ("LTP: at the limit a token goes", "[layer] < threshold) & ~", "[layer] <= threshold) & ~"),
        ("LTP: [CLS] may go", "& ~sentences.first)", ")"),
    ),
    *changes(
        "dynviz/methods/tome.py",
        "tests/methods/test_tome.py",
        ("ToMe: [CLS] is matched too", "(part[2::2] @", "(part[::2] @"),
        ("ToMe: the least alike merge", "-likeness[pairs]", "likeness[pairs]"),
        ("ToMe: the order stays that of the text", "np.lexsort((ranked(owner) % 2, owner))", "np.lexsort((owner,))"),
    ),
    *changes(
        "dynviz/core/engine.py",
        "tests/methods/test_tome.py",
        ("merging: the mean forgets sizes", "if self.sizes is None else self.sizes[rows]", ""),
        ("merging: attention forgets sizes", "None if self.sizes is None else np.log(self.sizes[packed.keys])", "None"),
    ),
    *changes(
        "dynviz/methods/gate_bert.py",
        RULES,
        ("Gate-BERT: at the limit a gate is shut", '(gate < knobs["tau"])', '(gate <= knobs["tau"])'),
    ),
    *changes(
        "dynviz/methods/content_gate.py",
        RULES,
        ("content gate: at the limit a gate is shut", '< knobs["tau"])', '<= knobs["tau"])'),
    ),
    *changes(
        "dynviz/methods/pabee.py",
        "tests/methods/test_pabee.py",
        ("PABEE: patience is one more", '>= knobs["patience"]', '> knobs["patience"]'),
    ),
    *changes(
        "dynviz/methods/fastbert.py",
        "tests/methods/test_fastbert.py",
        ("FastBERT: at the limit it goes on", '<= knobs["speed"]', '< knobs["speed"]'),
    ),
    *changes(
        "dynviz/records/card.py",
        "tests/ui/test_words.py tests/figures/test_rule.py",
        ("comparison: at the limit what comes from above stops", '"below": np.less,', '"below": np.less_equal,'),
    ),
)

COUNTS = (
    *changes(
        "dynviz/records/cost.py",
        "tests/records/test_cost.py",
        ("cost: a projection forgotten", "projections = 4 * d * d", "projections = 3 * d * d"),
        ("cost: attention once only", "+ 4 * d * attending * visible", "+ 2 * d * attending * visible"),
        ("cost: distances to one side", "rows = np.minimum(self.distances, 2 *", "rows = np.minimum(self.distances, 1 *"),
        ("cost: dropped tokens are transformed", "self.ffn * transformed", "self.ffn * attending"),
        ("cost: the cheapest stage is the plain model", "np.maximum.reduce", "np.minimum.reduce"),
    ),
    *changes("dynviz/core/heads.py", RULES, ("heads: a FLOP a weight", "return 2 * (self.out", "return 1 * (self.out")),
    *changes(
        "dynviz/methods/dact.py",
        RULES,
        ("DACT-BERT: halting heads are free", "self.head(layer).flops + 2 * self.shape.widths[0]", "self.head(layer).flops"),
    ),
    *changes(
        "dynviz/methods/content_gate.py",
        RULES,
        ("content gate: gates at half price", '["gate"] * 2 *', '["gate"] *'),
    ),
    *changes(
        "dynviz/methods/tokee.py",
        RULES,
        ("TOKEE: halted words are not asked again", 'if knobs["window"] <= 1:', "if True:"),
    ),
)

STATISTICS = (
    *changes(
        "dynviz/records/sweep.py",
        "tests/records/test_cost.py tests/ui/test_findings.py",
        ("sweep: differences with the wrong sign", "(self.scores, self.scores.at(0))", "(self.scores.at(0), self.scores)"),
        ("sweep: compute over the first point's", "self.flops.sum(1) / self.plain_flops.sum()", "self.flops.sum(1) / self.flops[0].sum()"),
    ),
    *changes(
        "dynviz/records/slices.py",
        "tests/records/test_slices.py",
        ("slices: worse and avoided swapped", '"avoided" if here else "worse" if full', '"worse" if here else "avoided" if full'),
        ("slices: this model at full depth for the other", "other.scores.at(0)", "sweep.scores.at(0)"),
    ),
    *changes(
        "dynviz/measure/risk.py",
        "tests/measure/test_risk.py",
        ("risk: testing goes on after a failure", "stopped = int(failed[0])", "stopped = int(failed[-1])"),
    ),
    *changes(
        "dynviz/measure/calibration.py",
        "tests/measure/test_calibration.py",
        ("AUROC: of wrong answers", "ranks[truth].sum()", "ranks[~truth].sum()"),
    ),
)
