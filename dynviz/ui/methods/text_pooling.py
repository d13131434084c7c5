"""Every string of what can be read off [CLS] and off the mean, on the Methods page."""

HEAD = "[CLS] or the mean of all states"
HOW = (
    "A panel is a backbone. On the frozen states after each layer a linear classifier is taught, once on the state of the first token, "
    "which papers read, and once on the mean over all tokens, which the models here read: logistic regression on standardised vectors, run "
    "until it has converged. The intervals of the differences hold for all layers of one encoder at once."
)
LIMITS = (
    "What a classifier that is trained as a method trains it would find: one that does not rescale what it reads learns less off [CLS], "
    "where texts differ little. What a model trained to answer off [CLS] would hold there: the plain models were tuned by the mean."
)
