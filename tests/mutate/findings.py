"""Wrong changes to what is said: sentences that point the other way."""

from tests.mutate.run import changes

PAGES, FIGURES, ZOO = "tests/ui/test_findings.py", "tests/figures/test_findings.py", "tests/figures/test_zoo.py"

FINDINGS = (
    *changes(
        "dynviz/records/operating.py",
        PAGES,
        ("verdict: less and more swapped", '"less" if high < 0 else "more" if low > 0', '"more" if high < 0 else "less" if low > 0'),
        ("verdict: zero inside counts as a loss", '"less" if high < 0', '"less" if low < 0'),
    ),
    *changes("dynviz/ui/parts/text.py", PAGES, ("verdict: the words of less and more", '    "less": "The', '    "more": "The')),
    *changes(
        "dynviz/figures/promise.py",
        PAGES,
        ("promise: within and beyond", "if high <= limit:", "if low <= limit:"),
        ("promise: open and over swapped", '"open" if risk <= limit else "over"', '"over" if risk <= limit else "open"'),
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
        ("Compare: longer and shorter swapped", "text.SHORTER if why.length < 0", "text.SHORTER if why.length > 0"),
        ("Compare: later and sooner swapped", "text.SOONER if why.stopping < 0", "text.SOONER if why.stopping > 0"),
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
        ("Sentence: stops and goes on swapped", "if verdict[layer] else text.STEP_GOES_ON", "if not verdict[layer] else text.STEP_GOES_ON"),
    ),
    *changes(
        "dynviz/ui/sentence/screen.py",
        PAGES,
        ("Sentence: the same and not the same swapped", "text.YES if same == total", "text.YES if same != total"),
    ),
    *changes(
        "dynviz/ui/data/kinds.py",
        PAGES,
        ("kinds of one's own rows: sure where it is not", "shared.SURE if most.high < 0", "shared.SURE if most.low < 0"),
    ),
    *changes(
        "dynviz/ui/data/rows.py",
        PAGES,
        ("rows: worse and avoided swapped", '"worse" if view.worse[i] else "avoided"', '"avoided" if view.worse[i] else "worse"'),
    ),
    *changes("dynviz/cli/insights.py", FIGURES, ("dynviz insights: better and worse swapped", '"above": " better"', '"above": " worse"')),
    *changes(
        "dynviz/figures/beside.py",
        FIGURES,
        ("beside: deeper and earlier swapped", '"deeper" if means[1] > means[0]', '"deeper" if means[1] < means[0]'),
    ),
    *changes(
        "dynviz/figures/difficulty.py",
        FIGURES,
        ("difficulty: rises and falls swapped", "'rises' if last.mean > first.mean", "'rises' if last.mean < first.mean"),
        ("difficulty: overlap is no doubt", "one.high < other.low or", "one.high <= other.low or"),
    ),
    *changes(
        "dynviz/figures/trust.py",
        FIGURES,
        ("trust: surer and less sure swapped", '"surer than it is right" if over > 0', '"surer than it is right" if over < 0'),
    ),
    *changes("dynviz/figures/race.py", FIGURES, ("race: the last wins", "key=lambda lane: lane.total)", "key=lambda lane: -lane.total)")),
    *changes("dynviz/figures/rule.py", FIGURES, ("rule: another side", "is {c.side} {short(", "is {c.stops} {short(")),
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
        ("depth: full depth agrees where it does not", "at_full_depth(same == total,", "at_full_depth(same != total,"),
    ),
    *changes("dynviz/records/zoo.py", ZOO, ("zoo: touching zero counts as above it", '"above" if low > 0', '"above" if low >= 0')),
    *changes(
        "dynviz/figures/zoo.py",
        ZOO,
        ("zoo: the dearest spends least", "least = min([best, ", "least = max([best, "),
        ("zoo: the lowest score stands highest", "best = max(task.scores", "best = min(task.scores"),
    ),
    *changes(
        "dynviz/figures/zoo_answers.py",
        ZOO,
        ("zoo: harm and good swapped", "sum(c.worse > c.avoided for", "sum(c.worse < c.avoided for"),
        ("zoo: gains and loses swapped", 'gained}" if c.avoided > c.worse', 'gained}" if c.avoided < c.worse'),
    ),
    *changes("dynviz/figures/zoo_trust.py", ZOO, ("zoo: calibrated better is worse", "[-1] > known[0]", "[-1] < known[0]")),
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
