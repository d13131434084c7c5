r"""A bandit learns the exit threshold while sentences stream by, and is never told the right answers.

Source: Bajpai, Hanawal, CeeBERT: Cross-Domain Inference in Early Exit BERT, Findings of ACL 2024. Code: Div290/CeeBERT.

Rule: It stands on any model with a classifier after its layers. The arms are thresholds $\alpha_1$ to $\alpha_K$ on the confidence $c_i$,
the largest class probability after layer $i$; they go up from $1 / C$: 0.50, 0.55, ..., 0.95 for two classes.

Each arm is played once, then the one with the largest $Q_k + \beta \sqrt{\ln t / N_k}$. $Q_k$ is the mean reward of its $N_k$ plays, $t$
the number of sentences so far. The sentence leaves after the first layer with $c_i \ge \alpha_k$, or after the last.

The reward comes from what was seen up to the exit alone: $r = (c_e - c_f) - \mu (e - f) / L$, where $e$ is the layer it leaves after and
$f$ the first exit. That is the rule of the authors' notebooks: 0 for leaving at the first exit, else the confidence gained less the
overhead of the layers gone on. (inferred) The overhead is spread evenly over any number of exits.

(inferred) The form the paper is quoted with, $r = c_e - \mu e / L$, differs from it by a number that does not depend on the arm: the
regret is the same, but $Q_k$ is noisier.

Regret is counted in that reward against the best single threshold in hindsight. Confidence is a proxy: an overconfident wrong exit earns
a high reward, so the real accuracy, which the bandit never sees, stands beside it.

Knob: $\mu$, the overhead; larger leaves earlier. $\beta$ says how much is tried out.

Training: None; it learns on the stream, over stored readings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dynviz.errors import InputError
from dynviz.records import Floats, Ints, Recorded, Stream
from dynviz.records.card import Card, Deviation, Knob, Published
from dynviz.records.layout import floats

ARMS = 10
SOURCE = "abstract of CeeBERT, Findings of ACL 2024"
TARGETS = "IMDB, Yelp, SciTail, SNLI, QQP (models trained on other sets)"

CARD = Card(
    "ceebert",
    "CeeBERT",
    "exit",
    "Bajpai, Hanawal, Findings of ACL 2024",
    "the sentence exits, by a threshold that is learned on the stream",
    __doc__,
    (
        Knob("mu", "price of all layers, in confidence", 0.0, 0.5, 0.01, 0.1, 0.0, "up", "larger: leaves earlier"),
        Knob("exploration", "how much is tried out (beta)", 0.0, 2.0, 0.01, 0.05, 0.0, "up", "the authors' notebooks: 2"),
    ),
    (),
    True,
    (
        Published(TARGETS, "BERT, ALBERT", "0.1 to 3 points of accuracy lost", "2x to 3.5x fewer layers", f"{SOURCE} (arXiv 2405.15039)"),
        Published(TARGETS, "BERT, ALBERT", "not stated", "up to 3.1x fewer layers", f"{SOURCE} (ACL Anthology)"),
    ),
    (
        Deviation(
            "beta is 2, on streams of 25,000 sentences and more.",
            "beta is 0.05 unless moved.",
            "Rewards differ by a few hundredths: over some hundred sentences a beta of 2 would try all arms alike and learn nothing.",
        ),
        Deviation(
            "The first ten sentences are used twice, to try every arm and again in the stream.",
            "They are used once, and count.",
            "A stream is seen once.",
        ),
        Deviation(
            "The best fixed arm leaves above its threshold, the bandit at or above it; the sum of regret is drawn without its sign.",
            "Both leave at or above the threshold, and the sign stays.",
            "Otherwise the two are not the same arm, and a bandit that beats the best fixed arm would look as if it lost.",
        ),
        Deviation(
            "With two exits below the last layer, an arm is a pair of thresholds.",
            "One threshold serves all layers.",
            "With an exit after every layer, tuples of thresholds would be too many arms to try.",
        ),
        Deviation(
            "The model was trained on one set and the stream comes from another.",
            "The stream is the evaluation split of the set the model was trained on.",
            "Only these readings ship. A change of domain, which the paper is about, is not shown.",
        ),
    ),
)


@dataclass(frozen=True, eq=False)
class Confidences:
    """confidence: (L, S) largest class probability after each layer, NaN where there is no classifier. answers: (L, S) classes;
    labels: (S,) the right ones."""

    confidence: Floats
    answers: Ints
    labels: Ints

    @classmethod
    def of(cls, recorded: Recorded) -> "Confidences":
        """The confidences and classes of a run recorded at full depth."""
        probs = recorded.run.probs[1:]
        if recorded.run.unit != "sentence" or np.isnan(probs).all():
            raise InputError(
                "The readings hold no class probabilities of whole sentences", "a policy is played over them", "Choose another"
            )
        return cls(probs.max(-1), np.nan_to_num(probs, nan=-1).argmax(-1), recorded.rows.labels)

    @property
    def readable(self) -> list[int]:
        """The layers, from 0, that have a classifier."""
        return [int(i) for i in np.flatnonzero(~np.isnan(self.confidence).any(1))]


def thresholds(classes: int, count: int = ARMS) -> Floats:
    """(K,) from 1/C, where everything leaves at once, in even steps."""
    return floats(1 / classes + np.arange(count) * (1 - 1 / classes) / count)


def leave(table: Confidences, sentence: int, threshold: float, mu: float) -> tuple[int, float]:
    """The layer, from 0, after which a sentence leaves, and the reward: nothing beyond that layer is looked at."""
    layers = table.readable
    first = float(table.confidence[layers[0], sentence])
    for layer in layers:
        confidence = float(table.confidence[layer, sentence])
        if confidence >= threshold:
            break
    return layer, confidence - first - mu * (layer - layers[0]) / len(table.confidence)


def play(table: Confidences, arms: Floats, mu: float, exploration: float, order: Ints, model: str = "") -> Stream:
    """The stream in this order (T,) of sentences."""
    values, counts = np.zeros(len(arms)), np.zeros(len(arms), np.int64)
    played, exits, rewards = [], [], []
    for t, sentence in enumerate(order):
        arm = t if t < len(arms) else int((values + exploration * np.sqrt(np.log(t) / counts)).argmax())
        layer, reward = leave(table, int(sentence), float(arms[arm]), mu)
        counts[arm] += 1
        values[arm] += (reward - values[arm]) / counts[arm]
        played.append(arm)
        exits.append(layer)
        rewards.append(reward)
    right = table.answers[exits, order] == table.labels[order]
    return Stream(
        model, len(table.confidence), arms, np.array(played), np.array(exits) + 1, np.array(rewards), right, values, counts,
        *_fixed(table, arms, mu, order),
    )  # fmt: skip


def _fixed(table: Confidences, arms: Floats, mu: float, order: Ints) -> tuple[Floats, Floats, Floats]:
    """Of each arm played throughout: its rewards (K, T), accuracy (K,) and mean exit layer (K,). In hindsight: the bandit knows none."""
    layers = np.array(table.readable)
    seen = table.confidence[layers][:, order]
    first = np.where((seen >= arms[:, None, None]).any(1), (seen >= arms[:, None, None]).argmax(1), len(layers) - 1)  # (K, T)
    at = layers[first]
    gained = np.take_along_axis(seen[None], first[:, None], 1)[:, 0] - seen[0]
    right = table.answers[at, order] == table.labels[order]
    return floats(gained - mu * (at - layers[0]) / len(table.confidence)), floats(right.mean(1)), floats((at + 1).mean(1))


def run(recorded: Recorded, model: str, knobs: Mapping[str, float], seeds: Sequence[int]) -> list[Stream]:
    """One stream for each seed, which shuffles the sentences."""
    table = Confidences.of(recorded)
    arms = thresholds(recorded.run.probs.shape[2])
    orders = [np.random.default_rng(seed).permutation(len(table.labels)) for seed in seeds]
    return [play(table, arms, knobs["mu"], knobs["exploration"], order, model) for order in orders]
