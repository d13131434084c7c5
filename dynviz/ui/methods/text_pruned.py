"""The strings of the section on dropped tokens."""

HEAD = "Do pruned tokens matter?"
INTRO = (
    "{n} texts of the {split} split, drawn once; every model at the knobs it ships with. What it keeps is held against a choice by lot. "
    "Parts of speech were told by our checkpoint `{tagger}`, whose mistakes go in."
)
LEFT_OUT = "Left out: {models}."
LEFT = {"it merges": "it merges tokens", "it drops nothing": "nothing is dropped at its knobs", "it answers early": "it also answers early"}
FUNNEL_HEAD = "Which tokens go, and where"
MODEL = "Model that drops tokens"
BY = "Tokens by"
BYS = {"part of speech": "part of speech", "position": "position in the text", "length": "length of the text"}
FUNNEL_SETTINGS = "Knobs: {setting}. Parts of speech by {tagger}."
FUNNEL_HOW = (
    "All texts of the sample together, at the knobs the model ships with: of the pieces of a group, those computed in each layer. A piece "
    "has the part of speech of its word. Thirds: of the pieces of each text between [CLS] and [SEP]. Lengths: a third of the texts each. "
    "Groups of fewer than 20 pieces are left out."
)
FUNNEL_LIMITS = "Why a group goes: parts of speech have their places, and long texts their kinds of words."
SETTINGS = (
    "Knobs: each checkpoint's own, in the CSV. Lots: {draws} a text. Intervals: bootstrap over texts, 95 % for all {n} models of a column "
    "at once (max-t). Parts of speech by {tagger}."
)
HOW = (
    "Accuracy: the same model runs again, and as many tokens of each text go in each layer, but which ones is drawn by lot, [CLS] aside. "
    "What it loses is what its choice is worth; a model that drops few tokens can lose little.\n\n"
    "Saliency and rollout: how well a token's share in the plain model's answer tells the tokens kept after the last layer from those "
    "dropped, as the area under the ROC curve; by lot it is 0.5. Saliency is gradient times input of the right class. Rollout multiplies "
    "the layers' attention, the residual connection counted as half (Abnar and Zuidema, ACL 2020). The table has the middle layer too.\n\n"
    "Order, in the table alone: with nothing dropped yet, how what the rule reads of tokens up to the middle layer goes with the attention "
    "that they receive in the plain model's last layer (Spearman's rank correlation; by lot 0).\n\n"
    "Content: the share of nouns, names, verbs, adjectives and adverbs among the pieces kept, less that among all pieces.\n\n"
    "Edits: in each text one word is deleted, and one replaced; how much of the kept set stays the same among the other pieces (Jaccard "
    "index), less what two sets of these sizes have if drawn by lot.\n\n"
    "Intervals: bootstrap over texts, of all models of a column at once."
)
LIMITS = (
    "What a token is worth by itself: others may say the same. Whether saliency and rollout are right about the plain model, which is not "
    "the model that drops. A model that keeps by position is steady without reading a word. Few texts: a small worth is not seen."
)
