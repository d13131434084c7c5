"""Wrong changes to what is said: sentences that point the other way."""

from tests.mutate.run import changes

PAGES, FIGURES = "tests/ui/test_findings.py", "tests/figures/test_findings.py"

FINDINGS = (
    *changes(
        "dynviz/ui/tradeoff/chart.py",
        PAGES,
        ("Trade-off: less and more swapped", '"less" if high < 0 else "more" if low > 0', '"more" if high < 0 else "less" if low > 0'),
        ("Trade-off: zero inside counts as a loss", '"less" if high < 0', '"less" if low < 0'),
    ),
    *changes(
        "dynviz/ui/data/board.py",
        PAGES,
        ("Data: less and more swapped", '"less" if high < 0 else "more" if low > 0', '"more" if high < 0 else "less" if low > 0'),
    ),
    *changes("dynviz/ui/tradeoff/text.py", PAGES, ("Trade-off: the words of less and more", '    "less": "The', '    "more": "The')),
    *changes(
        "dynviz/ui/tradeoff/risk.py",
        PAGES,
        ("promise: within and beyond", "if check.high <= limit:", "if check.low <= limit:"),
        ("promise: open and over swapped", '"open" if check.risk <= limit else "over"', '"over" if check.risk <= limit else "open"'),
    ),
    *changes(
        "dynviz/ui/tradeoff/rows.py",
        PAGES,
        ("kinds: the smallest loss is named", "worst = min(tagged", "worst = max(tagged"),
        ("kinds: sure where it is not", "shared.SURE if worst.high < 0", "shared.SURE if worst.low < 0"),
    ),
    *changes(
        "dynviz/ui/tradeoff/seeds.py",
        "tests/ui/test_seeds.py::test_the_sentence_is_from_the_least_to_the_most",
        ("seeds: spread of the wrong numbers", "max(max(values) - min(values)", "min(max(values) - min(values)"),
    ),
    *changes(
        "dynviz/ui/compare/said.py",
        PAGES,
        ("Compare: cheapest and dearest swapped", "(min, max)", "(max, min)"),
        ("Compare: dear and cheap text swapped", "(second, first) if b > a", "(first, second) if b > a"),
        ("Compare: longer and shorter swapped", "text.LONGER if part > 0 else text.SHORTER", "text.SHORTER if part > 0 else text.LONGER"),
        ("Compare: later and sooner swapped", "text.LATER if part > 0 else text.SOONER", "text.SOONER if part > 0 else text.LATER"),
    ),
    *changes(
        "dynviz/ui/parts/words.py",
        PAGES,
        ("words: full depth agrees where it does not", '"full depth agrees" if same == total', '"full depth agrees" if same < total'),
    ),
    *changes(
        "dynviz/ui/sentence/said.py",
        PAGES,
        ("Sentence: a loss is called avoided", "return Badge(text.AVOIDED,", "return Badge(text.WORSE,"),
        ("Sentence: early and late swapped", "elif end > layer:", "elif end < layer:"),
        ("Sentence: stops and goes on swapped", "text.STEP_STOPS if stopping", "text.STEP_STOPS if not stopping"),
    ),
    *changes(
        "dynviz/figures/beside.py",
        FIGURES,
        ("beside: deeper and earlier swapped", '"deeper" if means[1] > means[0]', '"deeper" if means[1] < means[0]'),
    ),
    *changes(
        "dynviz/figures/difficulty.py",
        FIGURES,
        ("difficulty: rises and falls swapped", '"rises" if last.mean > first.mean', '"rises" if last.mean < first.mean'),
        ("difficulty: overlap is no doubt", "one.high < other.low or", "one.high <= other.low or"),
    ),
    *changes(
        "dynviz/figures/trust.py",
        FIGURES,
        ("trust: surer and less sure swapped", '"surer than it is right" if gap > 0', '"surer than it is right" if gap < 0'),
    ),
    *changes("dynviz/figures/race.py", FIGURES, ("race: the last wins", "key=lambda lane: lane.total)", "key=lambda lane: -lane.total)")),
    *changes(
        "dynviz/figures/rule.py",
        FIGURES,
        ("rule: sides swapped", '"below" if c.stops == "below" else "at or above"', '"at or above" if c.stops == "below" else "below"'),
    ),
    *changes(
        "dynviz/figures/exits.py",
        FIGURES,
        (
            "exits: early and late swapped",
            "right[first] / total[first], right[last] / total[last]",
            "right[last] / total[last], right[first] / total[first]",
        ),
    ),
    *changes(
        "dynviz/figures/depths.py",
        FIGURES,
        ("depth: full depth agrees where it does not", '"Full depth agrees." if same == total', '"Full depth agrees." if same != total'),
    ),
    *changes(
        "dynviz/figures/zoo.py",
        FIGURES,
        ("zoo: touching the line counts as above it", "if s.score[1] > 0]", "if s.score[1] >= 0]"),
        ("zoo: the leader spends least", "least = min([best, *level]", "least = max([best, *level]"),
    ),
    *changes(
        "dynviz/figures/zoo_answers.py",
        FIGURES,
        ("zoo: as many counts as more", "c.avoided > c.worse for", "c.avoided >= c.worse for"),
        ("zoo: calibrated better is worse", "[-1] > known[0]", "[-1] < known[0]"),
    ),
    *changes(
        "dynviz/cli/risk.py",
        "tests/cli/test_risk.py",
        (
            "dynviz risk: accepted and failed swapped",
            '"accepted" if k < tested.stopped else "failed"',
            '"failed" if k < tested.stopped else "accepted"',
        ),
    ),
)
