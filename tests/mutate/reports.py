"""Wrong changes to what others report beside ours, and to [CLS] beside the mean."""

from tests.mutate.run import changes

REPORTS = (
    *changes(
        "dynviz/measure/reproduced.py",
        "tests/measure/test_reproduced.py",
        ("reported: the shallowest model", "depth = max(c.layers", "depth = min(c.layers"),
        ("reported: the cheapest setting", "(round(float(abs(counted[i] - real)), 9), float(counted[i]))", "float(counted[i])"),
        ("reported: layers are held against FLOPs", 'if result.counts == "layers" else sweep.share', "if False else sweep.share"),
        ("reported: padding is mean length", "np.minimum(lengths, pieces)", "np.maximum(lengths, pieces)"),
        ("reported: nothing changed is certain", "half = THREE / sentences if low == high else 0.0", "half = 0.0"),
        ("reported: an exit alone is the last", "probs[[layers, layer]].argmax", "probs[[layers, layers]].argmax"),
        ("reported: what saves nothing is compared", "    if real >= 1:\n        return Held(row)\n", ""),
    ),
    *changes(
        "dynviz/records/reproduced.py",
        "tests/measure/test_reproduced.py",
        ("reported: less is more", '"smaller" if apart < 0', '"smaller" if apart > 0'),
        ("reported: what is printed is certain", ", self.theirs.least)", ", 0.0)"),
        ("reported: any cost will do", "> NEAR:", "> 1:"),
        ("reported: rows of changed checkpoints stay", "if row.model not in stale", "if True"),
    ),
    *changes(
        "dynviz/training/pooling.py",
        "tests/training/test_pooling.py",
        ("pooling: the difference is turned", "mean.astype(int) - cls,", "cls.astype(int) - mean,"),
        ("pooling: sentences lie as they were batched", "back: Ints = np.argsort(", "back: Ints = np.asarray("),
        ("pooling: padding counts", "real[None, ..., None].to(states)", "real[None, ..., None].to(states) * 0 + 1"),
        ("pooling: as the vectors are", "x, y = ((taught - centre) / spread).clone(), labels", "x, y = taught.clone(), labels"),
    ),
)
