"""Methods that are told of and not run here: no file, no checkpoint, a card each. Needs no torch.

A name stands here only for what its paper or code says; where that is too little to build it, the card says so. Repositories were looked at
in November 2026, at the commits named.
"""

from dynviz.records.card import Published
from dynviz.records.elsewhere import Elsewhere, Nearest, Public

_NOTHING = Public("none found", "no link in what could be read of the paper; public GitHub repositories searched by its name")
_NO_WEIGHTS = Public("none", "README: one trains one's own")

_DPBERT = Elsewhere(
    "dpbert",
    "DPBERT",
    "Wu, Zhuo, ECAI 2023",
    "A planner picks, for each text, which of BERT's layers it runs through and which it passes by.",
    (
        "What stops: a layer, for a whole text. The layers that are run are a subsequence of all, not the first few as with exits.",
        "The planner is trained while BERT is fine-tuned.",
    ),
    Public("arXiv 2308.00108; only its abstract was at hand", "arxiv.org/abs/2308.00108"),
    _NOTHING,
    Public("none found", "there is no repository that could hold them"),
    ("How the planner is built, and the loss that trains it, are not in the abstract, and no code says it. Ours would be an invention.",),
    (Nearest("smartbert", "a gate before each layer says whether a text skips it: the same picture, with code to follow, and exits."),),
    (Published("GLUE", "BERT", "98 % of BERT's accuracy", "latency down to 75 % of BERT's", "abstract (arXiv 2308.00108)"),),
)  # fmt: skip

_DECAY = Elsewhere(
    "token_decay",
    "Token Dynamic Decay",
    "Zhou, Yang, Wang, Xue, CSAIDE 2024",
    "A token of little influence is not dropped at once: its weight decays over layers, and it goes when little is left.",
    (
        "What stops: a token, once a score summed over two layers has let its weight decay.",
        "Training hides more or fewer words by how hard a text is, so that easy texts weigh less on the upper layers.",
    ),
    Public("DOI 10.1145/3672919.3672949; only its abstract was at hand", "doi.org/10.1145/3672919.3672949"),
    _NOTHING,
    Public("none found", "there is no repository that could hold them"),
    ("The score, and how it makes a weight decay, stand in no formula that could be read. What we would build must not bear the name.",),
    (
        Nearest("ltp", "tokens go by a threshold on the attention they receive; soft weights too, but in training only."),
        Nearest("adapler", "tokens go by a predicted contribution; in training they are faded out by a soft mask."),
    ),
)  # fmt: skip

_COST_EFF = Elsewhere(
    "cost_eff",
    "COST-EFF",
    "Shen et al., EMNLP 2022",
    "A narrow BERT, pruned in heads and feed-forward width, with a classifier after every layer; a sure text leaves early.",
    (
        "What stops: the sentence, where the entropy of a layer's answer is low. Width is cut once, for all texts alike.",
        "Neurons and heads are kept by how much the losses of all exits need them, so that shallow exits keep what they live on.",
    ),
    Public("arXiv 2210.15523", "arxiv.org/abs/2210.15523"),
    Public("yes, Apache-2.0", "github.com/sbwww/COST-EFF, commit c1da16f"),
    _NO_WEIGHTS,
    (
        "At inference its rule is the entropy exit that is here. What is its own is a narrower encoder: another set of weights, not an "
        "update of the one that all methods here share, so that its curve would show another model and not another rule.",
        "The authors' script trains SST-2 in six stages, 25 epochs in all at half the heads; the plain model here had two.",
    ),
    (
        Nearest("entropy_exit", "the same rule, on an encoder trained together with all its exits, at full width."),
        Nearest("deebert", "the rule's origin, on a frozen encoder."),
    ),
    (
        Published(
            "GLUE", "BERT-base", "96.5 % of BERT's performance", "1/19 of the FLOPs, 1/8 of the parameters", "abstract (arXiv 2210.15523)"
        ),
    ),
)  # fmt: skip

_MOEBERT = Elsewhere(
    "moebert",
    "MoEBERT",
    "Zuo et al., NAACL 2022",
    "Each feed-forward block is split into experts, and a token passes through one: which one varies, how much work does not.",
    (
        "What stops: nothing. Every token runs through every layer, in each through one expert of four, at the same cost.",
        "The most important neurons stand in every expert, the rest are dealt out. In the authors' script the expert follows from the "
        "token's number in the vocabulary by a fixed random table.",
    ),
    Public("arXiv 2204.07675", "arxiv.org/abs/2204.07675"),
    Public("yes, Apache-2.0", "github.com/SimiaoZuo/MoEBERT, commit cd21f57"),
    _NO_WEIGHTS,
    (
        "All texts cost the same, so there is nothing to adapt and no curve: a smaller model, not an adaptive one.",
        "With the table, a word goes to the same expert in every sentence: a picture of it would say nothing of the sentence.",
        "The experts are feed-forward blocks of their own, distilled layer by layer.",
    ),
    (Nearest("mixture_of_depths", "a router decides for each token too, but between a whole block and none: there work differs."),),
    (
        Published(
            "MNLI mismatched", "BERT-base", "over 2 points above earlier distillation", "not stated", "abstract (arXiv 2204.07675)"
        ),
    ),
)  # fmt: skip

_MODULAR = Elsewhere(
    "modular_transformers",
    "Modular Transformers",
    "Zhou, Le Bras, Choi, Findings of ACL 2023",
    "Layers are trained that stand in for two or more of the original ones, and put together to models of many sizes.",
    (
        "What stops: nothing for one text. Whoever deploys it chooses a size, once, for all texts.",
        "One training: modules replace runs of layers by chance, and learn from the full model.",
    ),
    Public("arXiv 2306.02379", "aclanthology.org/2023.findings-acl.664"),
    Public("none found", "neither the Anthology's page nor Papers with Code links any"),
    Public("none found", "there is no repository that could hold them"),
    ("It adapts to a budget and not to the text, and it was built for T5 and BART, which write text. Here all models read it.",),
    (Nearest("length_adaptive", "one training, many sizes, chosen when the model is run; there in tokens, here in layers."),),
    (
        Published(
            "text generation", "T5, BART", "little to moderate loss", "1.1x to 6x compression", "abstract (Findings of ACL 2023)"
        ),
    ),
)  # fmt: skip

_SKIPBERT = Elsewhere(
    "skipbert",
    "SkipBERT",
    "Wang et al., ACL 2022",
    "The lower layers are looked up: states of word triples are computed ahead, and only the upper layers run.",
    (
        "What stops: the six lower layers, for all texts alike. They see three neighbouring tokens at a time, so that their results fit in "
        "a table; a triple that is not in it is computed.",
        "Above them six, four or two ordinary layers read the whole sentence. Exits can be put on these as on any model.",
    ),
    Public("ACL 2022, pages 7287 to 7301", "aclanthology.org/2022.acl-long.503"),
    Public("yes, Apache-2.0", "github.com/LorrinWWW/SkipBERT, commit 00566f6"),
    Public("three models, with 6, 4 and 2 upper layers; not tried here", "links in the README of the repository"),
    (
        "The lower layers adapt to what was stored, not to what is hard. Reading a table is memory traffic: in operations, what all "
        "methods here are measured in, it costs nothing, whatever it takes in time.",
        "It stands or falls with a long distillation in two steps and with a table of triples: neither fits beside the models here.",
    ),
    (
        Nearest("smartbert", "layers are skipped too, but by what a gate sees in the text."),
        Nearest("pabee", "an exit of the sort that can be put on the upper layers."),
    ),
    (
        Published("GLUE", "BERT", "none lost", "65 % less latency", "abstract (ACL 2022)"),
        Published("GLUE", "BERT", "95 % of BERT's accuracy", "two layers run", "abstract (ACL 2022)"),
    ),
)  # fmt: skip

_TOKENGATE = Elsewhere(
    "tokengate",
    "TokenGate",
    "arXiv 2026",
    "A gate on a large language model chooses which tokens of a long prompt are processed at all; the number is set at run time.",
    (
        "What stops: tokens of the prompt, before the answer is written. One trained gate serves every number of tokens kept.",
        "It is today's heir of the methods that drop tokens here: the score is learned, as the thresholds of LTP and the policies of "
        "TR-BERT are, and the knob is a count chosen at run time, as in the Length-Adaptive Transformer.",
    ),
    Public("arXiv 2610.26754; not read, its repository's page was", "arxiv.org/abs/2610.26754"),
    Public("yes, Apache-2.0; only its page was at hand", "github.com/token-gate-llms/TokenGate, release notes of 21 October 2026"),
    Public("six gates, for Qwen3-1.7B and Qwen3.5-2B; not tried here", "release notes of the repository"),
    ("It gates decoders that write text, and there is no version for encoders. Its gain is in prompts far longer than any text here.",),
    (
        Nearest("length_adaptive", "how many tokens stay is chosen at run time; which, by attention, with nothing learned for it."),
        Nearest("ltp", "what decides over a token is learned; how many go follows from the text."),
        Nearest("tr_bert", "small networks are trained to choose the tokens that go on."),
    ),
    (
        Published(
            "long prompts, six sets", "Qwen3-1.7B, Qwen3.5-2B", "not stated", "up to 11.3x faster prefill, 3.4x less memory", "its page"
        ),
    ),
)  # fmt: skip

ELSEWHERE = {one.name: one for one in (_COST_EFF, _DPBERT, _MODULAR, _MOEBERT, _SKIPBERT, _DECAY, _TOKENGATE)}
