"""Wrong changes to what is learned: losses and the training loop."""

from tests.mutate.run import changes

EXITS, TOKENS = "tests/methods/test_losses.py", "tests/methods/test_token_losses.py"

LOSSES = (
    *changes(
        "dynviz/methods/ltp.py",
        TOKENS,
        ("LTP: the penalty rewards tokens", "return task + self.weight * penalty", "return task - self.weight * penalty"),
        ("LTP: the hard stage keeps the wrong tokens", "((score >= self.thresholds[i])", "((score < self.thresholds[i])"),
        ("LTP: [CLS] may go in the hard stage", "self.thresholds[i]) | batch.first)", "self.thresholds[i]))"),
        ("LTP: what is kept is not multiplied up", "kept = kept * keep", "kept = keep"),
    ),
    *changes(
        "dynviz/methods/gate_bert.py",
        TOKENS,
        ("Gate-BERT: the penalty opens gates", "return task + self.weight * torch", "return task - self.weight * torch"),
        ("Gate-BERT: the pressure is there from the start", "self.mu * batch.progress**2", "self.mu"),
        ("Gate-BERT: the last stage opens what is shut", "(self.gates >= 0.5).float()", "(self.gates <= 0.5).float()"),
        ("Gate-BERT: ranks upside down", "descending=True, stable=True", "descending=False, stable=True"),
    ),
    *changes(
        "dynviz/methods/content_gate.py",
        TOKENS,
        ("content gate: the penalty opens gates", "else task + self.weight * penalty", "else task - self.weight * penalty"),
        ("content gate: a half is shut in the last stage", "(gate >= 0.5).float()", "(gate > 0.5).float()"),
    ),
    *changes(
        "dynviz/methods/_gates.py",
        TOKENS,
        ("gates: pressure towards the middle", "gates + mu * gates * (1 - gates)", "gates - mu * gates * (1 - gates)"),
        ("gates: a shut token still takes attention", "open_share.clamp_min(OPEN).log()", "torch.zeros_like(open_share)"),
    ),
    *changes(
        "dynviz/methods/dact.py",
        EXITS,
        ("DACT-BERT: the penalty asks for more layers", "self.tau * penalty - right", "-self.tau * penalty - right"),
        ("DACT-BERT: old and new answers swap weights", "vote * left[:, None] + answer * (1 -", "answer * left[:, None] + vote * (1 -"),
        ("DACT-BERT: only the last weight is paid for", "penalty = penalty + left.mean()", "penalty = left.mean()"),
    ),
    *changes(
        "dynviz/methods/cascade.py",
        EXITS,
        ("CascadeBERT: no margin", "(self.margin - (confidence[easy]", "(0.0 - (confidence[easy]"),
        ("CascadeBERT: surer of hard examples", "(self.margin - (confidence[easy]", "(self.margin + (confidence[easy]"),
        ("CascadeBERT: no weight", "loss + self.weight * (self.margin", "loss + (self.margin"),
        ("CascadeBERT: kept margins are rewarded", ".clamp_min(0).mean()", ".mean()"),
    ),
    *changes(
        "dynviz/methods/deebert.py",
        EXITS,
        ("DeeBERT: the first ramp is not trained", "ramps = range(1, self.shape.layers)", "ramps = range(2, self.shape.layers)"),
        ("DeeBERT: the encoder learns too", "with torch.no_grad():", "with torch.enable_grad():"),
    ),
    *changes(
        "dynviz/methods/tokee.py",
        EXITS,
        ("TOKEE: layers count alike", "losses.append(i * cross_entropy(", "losses.append(cross_entropy("),
        ("TOKEE: a word halts a layer early", "torch.where((exits >= i)", "torch.where((exits > i)"),
        ("TOKEE: a word's last layer is not paid for", "masked_fill(exits < i, -100)", "masked_fill(exits <= i, -100)"),
        ("TOKEE: no bold sentences in training", "bold = draw < 0.2", "bold = draw < 0.0"),
        ("TOKEE: no sentence without exits in training", "torch.where(draw > 0.6", "torch.where(draw > 1.0"),
    ),
    *changes(
        "dynviz/methods/_ramps.py",
        EXITS,
        ("joint training: layers count alike", "losses = [i * cross_entropy(", "losses = [cross_entropy("),
        ("joint training: not divided by the weights", "torch.stack(losses).sum() / sum(layers)", "torch.stack(losses).sum()"),
    ),
    *changes(
        "dynviz/methods/plain.py",
        EXITS,
        ("plain: losses are sought", "return cross_entropy(", "return -cross_entropy("),
    ),
    *changes(
        "dynviz/methods/fastbert.py",
        "tests/methods/test_fastbert.py",
        ("FastBERT: the teacher learns too", "with torch.no_grad():", "with torch.enable_grad():"),
    ),
    *changes(
        "dynviz/methods/consistentee.py",
        "tests/methods/test_consistentee.py",
        ("ConsistentEE: the policy seeks losses", "policy_loss = -(exits(leaving)", "policy_loss = (exits(leaving)"),
    ),
    *changes(
        "dynviz/methods/palbert.py",
        "tests/methods/test_palbert.py",
        ("PALBERT: away from the prior", "+ self.beta * share", "- self.beta * share"),
    ),
    *changes("dynviz/methods/act.py", "tests/methods/test_act.py", ("ACT: pondering pays", "+ self.tau * cost", "- self.tau * cost")),
    *changes(
        "dynviz/methods/elbert.py",
        "tests/methods/test_elbert.py",
        ("ELBERT: the last layer's weight", "(self.shape.layers - early.sum())", "(self.shape.layers + early.sum())"),
    ),
)

TRAINING = (
    *changes(
        "dynviz/training/loop.py",
        "tests/training/test_loop.py",
        ("training: no weight decay", "DECAY = 0.01", "DECAY = 0.0"),
        ("training: gates decay", '"weight_decay": 0.0}', '"weight_decay": DECAY}'),
        ("training: warm-up ten times longer", "WARM_UP = 0.06", "WARM_UP = 0.6"),
        ("training: no clipping", "LARGEST_NORM = 1.0", "LARGEST_NORM = 1e9"),
        ("training: the rate never falls", " * (1 - step / steps)", ""),
        ("training: a resumed phase begins its schedule anew", "last_epoch=done - 1", "last_epoch=-1"),
        ("training: the rate stays where it began", "        rates.step()\n", ""),
        ("training: gradients of all steps add up", "optimizer.zero_grad(set_to_none=True)", "pass"),
    ),
)
