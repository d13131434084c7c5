"""The terms as this app uses them, with their sources: lessons show the first sentence of each, sidebar and `docs/glossary.md` all."""

from collections.abc import Sequence

_SHORT = {
    "layer": "One round of work over the whole text.",
    "piece": "A word, or a part of a word.",
    "step (FLOP)": "One multiplication or addition.",
    "compute share": "Steps done, of those that the plain model would do on the same text.",
    "plain model": "The same model that never stops.",
    "exit": "Giving the answer before the last layer.",
    "depth": "The layers that a word went through.",
    "knob": "The setting that says how easily a model stops.",
    "threshold": "The limit that a number is held against.",
    "doubt (entropy)": "How spread the model's guesses are; 0 is sure.",
    "patience": "How often an answer must come again before the model stops.",
    "frozen": "Finished, but still seen by others.",
    "dropped": "Removed, and seen by nobody.",
    "merged": "Two tokens become one, which stands for both from then on.",
    "comes back": "A dropped token whose word is still answered, from the last layer it went through.",
    "skipped": "Passed by unchanged: a layer by a token or by the whole text, which goes on above it.",
    "gate": "A small learned part that says for each token, or for the text, whether it goes on.",
    "rank gate": "A gate of a place, not of a token: open or closed for the 1st, 2nd, ... by attention.",
    "retention profile": "How many tokens, or which share of them, each layer keeps: set before any text is read.",
    "capacity": "The share of the tokens that enter a layer which only some enter.",
    "content word": "A noun, name, verb, adjective or adverb: a word with a meaning of its own.",
    "yardstick": "A baseline that drops as many tokens by a rule nobody trained.",
    "cascade": "A small model first, and a big one if it is needed.",
    "interval": "Where the true value lies in 95 of 100 such tests.",
    "full compute": "What the plain model spends on the same text: 100 % of every compute share.",
    "full depth": "The same model with its knob off: every layer computes every token.",
    "operating point": "A model at one setting of its knob, with the compute and the accuracy it has there over a data set.",
    "calibration split": "Labelled rows kept from training, on which settings are chosen.",
    "evaluation split": "Labelled rows on which settings are only measured.",
    "one fixed depth": "The plain model cut after 1, 2, ... layers and tuned there: what every adaptive method has to beat.",
    "random exit": "Leaving after a layer drawn by lot, at the same mean cost: a rule that is no better foresees nothing.",
    "oracle exit": "Leaving at the first layer whose answer is right.",
    "avoidable compute": "What was spent after the layer from which the answer no longer changes.",
    "overthinking": "Full depth is wrong where an earlier layer is right (Kaya et al., Shallow-Deep Networks, ICML 2019).",
    "dominated": "An operating point for which another is at least as accurate at no more compute.",
    "calibration error": "The mean gap between how sure a model is and how often it is right.",
    "AUROC": "The chance that a right answer is surer than a wrong one; 0.5 is chance.",
    "promise": "With this confidence at most so many answers are lost.",
    "replayed": "Worked out from one recorded run at full depth: possible where stopping cannot change what was read before.",
}
_MORE = {
    "layer": "In a cascade the layers of both models are counted on one axis.",
    "piece": "What the model reads; also called a token. [CLS] at the start and [SEP] at the end are pieces too.",
    "step (FLOP)": "Only those of matrix products are counted.",
    "compute share": (
        "Classifiers and gates are counted, and so are attention, keys and special tokens, which a mean depth leaves out; padding is not. "
        "It may exceed 100 %."
    ),
    "plain model": "The same encoder fine-tuned with one classifier at the end and no method: the 100 % of every compute share.",
    "exit": "Of a sentence, or of a word; also the classifier there (BranchyNet, 2016; DeeBERT, ACL 2020).",
    "depth": (
        "The feed-forward blocks run on a token. The mean depth of the words leaves out the special tokens [CLS] and [SEP]; the mean depth "
        "of all tokens counts them."
    ),
    "knob": (
        "It trades accuracy for compute without training anew; each has a setting at which nothing stops. In the literature: threshold, "
        "patience or budget."
    ),
    "doubt (entropy)": "Elsewhere in the app divided by the most it can be, so that 1 is lost whatever the number of classes.",
    "patience": "PABEE (NeurIPS 2020).",
    "frozen": "A token that is no longer computed: its state is copied up (TokEE; Depth-Adaptive Transformer, 2020).",
    "dropped": "A token that is neither computed nor seen (PoWER-BERT, ICML 2020; LTP, KDD 2022). Also called pruned.",
    "merged": "Its state is a mean, weighted by how many tokens each stood for; attention counts them all (ToMe, ICLR 2023).",
    "comes back": "TR-BERT (NAACL 2021), Length-Adaptive Transformer (ACL 2021): a tagger owes each word an answer.",
    "skipped": "Of a token: Mixture-of-Depths (2024). Of the text: SmartBERT (IJCAI 2023).",
    "gate": "Also called a router, a policy or a predictor; what it costs is counted.",
    "rank gate": "ToP (KDD 2023): which token has which place depends on the text, the gates do not.",
    "retention profile": "PoWER-BERT (ICML 2020). Also called a length configuration.",
    "capacity": "Mixture-of-Depths: at 0.5 half of the tokens enter.",
    "yardstick": "By lot, from the end of the text, or by attention. What is learned has to lie above it.",
    "cascade": "CascadeBERT (Findings of EMNLP 2021). The big one begins anew, so that a hard text pays for both.",
    "interval": (
        "Of a difference: a bootstrap, in which whole sentences are drawn anew, with replacement, 2,000 times; paired: both settings on "
        "the same draw (Efron and Tibshirani, 1993)."
    ),
    "full depth": "What an early answer is compared with.",
    "evaluation split": "SST-2's dev set (its test labels are not public), the test parts of UD English EWT and of IMDB.",
    "oracle exit": "It needs the right answers, so no rule can beat it.",
    "dominated": "The others form the Pareto front.",
    "calibration error": "ECE, over 15 bins (Guo et al., ICML 2017).",
    "AUROC": "How well confidence foretells mistakes.",
    "promise": "A setting chosen by Learn then Test on the calibration split (Angelopoulos et al., 2021).",
}
TERMS = {term: f"{short} {_MORE[term]}" if term in _MORE else short for term, short in _SHORT.items()}


def as_markdown() -> str:
    """Every term with its meaning as a Markdown list, by name."""
    return "\n".join(f"- **{term}**: {meaning}" for term, meaning in sorted(TERMS.items(), key=lambda item: item[0].lower()))


def terms(words: Sequence[str]) -> str:
    """These terms, each in a short sentence, as a Markdown list in this order: for a lesson that uses them first."""
    return "\n".join(f"- **{term}**: {_SHORT[term]}" for term in words)
