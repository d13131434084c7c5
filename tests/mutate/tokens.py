"""Wrong changes to the methods that drop tokens or let them skip layers: what they choose, and what they learn it from."""

from tests.mutate.run import changes

SKIMMED = "tests/methods/test_skimmed.py"

TOKENS = (
    *changes(
        "dynviz/methods/power_bert.py",
        "tests/methods/test_power_bert.py",
        ("PoWER-BERT: the list may rise", "mass.cummin(0).values", "mass"),
        ("PoWER-BERT: layers count alike", "(depth * self.retention.sum(1)).sum()", "self.retention.sum(1).sum()"),
        ("PoWER-BERT: one token more stays", "plan.visible, sentences) >= many", "plan.visible, sentences) > many"),
        ("PoWER-BERT: what is kept costs nothing", "task + self.weight * self.mass()", "task"),
    ),
    *changes(
        "dynviz/methods/length_adaptive.py",
        "tests/methods/test_length_adaptive.py",
        ("LAT: the short passes teach the full one", "target = full.detach()", "target = full"),
        ("LAT: the shortest pass drops nothing", "torch.full((layers,), self.bound)", "torch.zeros(layers)"),
        ("LAT: the profile costs less than it might", "max(affordable - 1, 0)", "max(affordable - 2, 0)"),
        ("LAT: a layer that is left out drops tokens", "            if out:\n                continue\n", ""),
    ),
    *changes(
        "dynviz/methods/_profiles.py",
        "tests/methods/test_length_adaptive.py",
        ("profiles: the front holds dearer equals", "> found[out[-1]][0]", ">= found[out[-1]][0]"),
        ("profiles: a child may rise", "child[-1] if child else OF", "OF"),
    ),
    *changes(
        "dynviz/methods/tr_bert.py",
        "tests/methods/test_tr_bert.py",
        ("TR-BERT: tokens kept are rewarded", "(mistakes + self.alpha * kept)", "(mistakes - self.alpha * kept)"),
        ("TR-BERT: no mean of the draws", "(reward - reward.mean(0))", "reward"),
        ("TR-BERT: the whole phase is guided", "alone and batch.progress < IMITATED", "alone"),
        ("TR-BERT: [CLS] is drawn for too", "        chosen[:, 0] = True\n", ""),
        ("TR-BERT: at the limit a token goes", 'readings["stay"][layer - 1] < knobs', 'readings["stay"][layer - 1] <= knobs'),
    ),
    *changes(
        "dynviz/methods/adapler.py",
        "tests/methods/test_adapler.py",
        ("AdapLeR: layers count alike", "(layers - i) * kl(", "kl("),
        ("AdapLeR: lengths are sought", "task + self.length * lengths", "task - self.length * lengths"),
        ("AdapLeR: [CLS] may go", "& ~sentences.first)", ")"),
        ("AdapLeR: a removed token comes back", "bias = (bias + added)", "bias = added"),
        ("AdapLeR: shares of all tokens, not of those there", "shares * len(shares)", "shares"),
    ),
    *changes(
        "dynviz/methods/transkimmer.py",
        SKIMMED,
        ("Transkimmer: a skimmed token comes back", "kept = kept * drawn", "kept = drawn"),
        ("Transkimmer: skimmed tokens go on", "torch.lerp(final, state, kept[..., None])", "state"),
        ("Transkimmer: keeping is rewarded", "task + self.alpha * penalty", "task - self.alpha * penalty"),
        ("Transkimmer: at the limit a token goes", 'readings["keep"][layer - 1] < knobs', 'readings["keep"][layer - 1] <= knobs'),
    ),
    *changes(
        "dynviz/methods/delete_gate.py",
        SKIMMED,
        ("delete gate: the controller asks for less", "missing = self.target - rate", "missing = rate - self.target"),
        ("delete gate: keys are pulled up", "STEEP = -10.0", "STEEP = 10.0"),
        ("delete gate: at the limit a token goes", 'readings["keep"][layer] < knobs', 'readings["keep"][layer] <= knobs'),
        ("delete gate: it learns in the hard stage", 'if phase.name == "soft" else 0.0', 'if phase.name == "soft" else 2e-3'),
    ),
    *changes(
        "dynviz/methods/mixture_of_depths.py",
        SKIMMED,
        ("MoD: who stayed out stays out", "return Plan.everything(sentences, plan.live)", "return plan"),
        ("MoD: one token more enters", "plan.visible, sentences) >= many", "plan.visible, sentences) > many"),
        ("MoD: every layer is routed", "range(2, shape.layers + 1, 2)", "range(2, shape.layers + 1)"),
        ("MoD: capacity falls over the whole stage", "min(1.0, 2 * batch.progress)", "batch.progress"),
    ),
    *changes(
        "dynviz/methods/top_gates.py",
        "tests/methods/test_top_gates.py",
        ("ToP's gates: open ones close", "(turn[bins] < closed)", "(turn[bins] >= closed)"),
        ("ToP's gates: the multipliers descend", "self.multipliers.grad.neg_()", "pass"),
        ("ToP's gates: what is saved does not compound", "share]).cumprod(0)", "share])"),
        ("ToP's gates: nobody is put in order", "self.order * max(FAINT, 1 - done)", "0.0"),
    ),
    *changes(
        "dynviz/methods/first_tokens.py",
        "tests/methods/test_length_adaptive.py",
        ("first tokens: the last ones stay", "(lengths - sentences.position) / lengths", "sentences.position / lengths"),
    ),
)
