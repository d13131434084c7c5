"""The field's terms as this app uses them, with their sources; the sidebar's list and `docs/glossary.md` are made from it."""

TERMS = {
    "knob": (
        "A setting that trades accuracy for compute without training anew, such as the threshold of an exit rule. Each has a setting at "
        "which nothing stops. In the literature: threshold, patience or budget."
    ),
    "full depth": "The same model with its knob off: every layer computes every token. What an early answer is compared with.",
    "plain model": "The same encoder fine-tuned with one classifier at the end and no method: the 100 % of every share of compute.",
    "depth": (
        "Of a token: the feed-forward blocks run on it. The mean depth of the words leaves out the special tokens [CLS] and [SEP]; the "
        "mean depth of all tokens counts them."
    ),
    "compute": (
        "FLOPs spent, classifiers and gates included, over the FLOPs of the plain model on the same text, without padding. It counts "
        "attention, keys and special tokens that a mean depth does not, and may exceed 100 %."
    ),
    "exit": "A layer after which a sentence, or a word, has its answer, and the classifier there (BranchyNet, 2016; DeeBERT, ACL 2020).",
    "frozen": (
        "A token that is no longer computed, but still seen by others: its state is copied up (TokEE; Depth-Adaptive Transformer, 2020)."
    ),
    "dropped": "A token that is gone for good: neither computed nor seen (PoWER-BERT, ICML 2020; LTP, KDD 2022). Also called pruned.",
    "operating point": "A model at one setting of its knob, with the compute and the accuracy it has there over a data set.",
    "calibration split": "Labelled rows kept from training, on which settings are chosen.",
    "evaluation split": (
        "Labelled rows on which settings are only measured: SST-2's dev set (its test labels are not public), the test parts of UD English "
        "EWT and of IMDB."
    ),
    "bootstrap interval": (
        "The 95 % interval of a difference when whole sentences are drawn anew, with replacement, 2,000 times; paired: both settings on "
        "the same draw (Efron and Tibshirani, 1993)."
    ),
    "one fixed depth": "The plain model cut after 1, 2, ... layers and tuned there: what every adaptive method has to beat.",
    "random exit": "Leaving after a layer drawn by lot, at the same mean cost: a rule that is no better foresees nothing.",
    "oracle exit": "Leaving at the first layer whose answer is right. It needs the right answers, so no rule can beat it.",
    "avoidable compute": (
        "What was spent after the layer from which the answer no longer changes."
    ),
    "overthinking": "Full depth is wrong where an earlier layer is right (Kaya et al., Shallow-Deep Networks, ICML 2019).",
    "dominated": "An operating point for which another is at least as accurate at no more compute. The others form the Pareto front.",
    "calibration error": "ECE: the mean gap between how sure a model is and how often it is right, over 15 bins (Guo et al., ICML 2017).",
    "AUROC": "The chance that a right answer is surer than a wrong one; 0.5 is chance. How well confidence foretells mistakes.",
    "promise": (
        "With this confidence at most so many answers are lost: a setting chosen by Learn then Test on the calibration split (Angelopoulos "
        "et al., 2021)."
    ),
    "replayed": "Worked out from one recorded run at full depth: possible where stopping cannot change what was read before.",
}


def as_markdown() -> str:
    """Every term with its meaning as a Markdown list, by name."""
    return "\n".join(f"- **{term}**: {meaning}" for term, meaning in sorted(TERMS.items(), key=lambda item: item[0].lower()))
