"""Wrong changes to methods that leave or skip layers by what was learned or fitted: what they choose, and what they learn it from."""

from tests.mutate.run import changes

PLANS = (
    *changes(
        "dynviz/methods/smartbert.py",
        "tests/methods/test_smartbert.py",
        ("SmartBERT: skipping costs", "labels) + self.weight / torch", "labels) - self.weight / torch"),
        ("SmartBERT: gates swap skipped and run", "torch.lerp(made[-1], states[-1], used", "torch.lerp(states[-1], made[-1], used"),
        ("SmartBERT: the same token stands against itself", "(same if apart else", "(same if not apart else"),
        ("SmartBERT: at the limit a layer runs", '[layer - 1] >= knobs["skip"]', '[layer - 1] > knobs["skip"]'),
    ),
    *changes(
        "dynviz/methods/eenet.py",
        "tests/methods/test_eenet.py",
        ("EENet: a smaller budget may be stricter", "min(above[k], cut(", "max(above[k], cut("),
        ("EENet: the least sure leave", "np.sort(values)[::-1]", "np.sort(values)"),
        ("EENet: depths far from the budget", "HOLD * (depth - budgets)", "-HOLD * (depth - budgets)"),
        ("EENet: at the budget it leaves", 'readings["budget"][layer] > knobs', 'readings["budget"][layer] >= knobs'),
    ),
    *changes(
        "dynviz/methods/expected_accuracy.py",
        "tests/methods/test_expected_accuracy.py",
        ("accuracy target: at the limit it goes on", '[layer] >= knobs["target"]', '[layer] > knobs["target"]'),
        ("accuracy target: the table falls", "while low and _low(block) <= low[-1]:", "if low and _low(block) <= low[-1]:"),
        ("accuracy target: the mean for the lower end", "wilson(np.array(block[0]), np.array(block[1]))[0]", "block[0] / block[1]"),
    ),
)
