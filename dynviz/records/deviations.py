"""What nearly all models here do otherwise than the papers they follow: said once, and in no method's file."""

from dynviz.records.card import Deviation

MEAN_POOLING = Deviation(
    "A sentence is classified from the state of its first token, [CLS].",
    "It is classified from the mean over the states of its tokens.",
    "The pre-trained models compare sentences by that mean. Trained on the frozen states of the one of six layers, after layers 1 to 3, a "
    "classifier stays at chance on [CLS] (54.3 % on SST-2's calibration split); on the mean it is right in 77.1, 80.5 and 78.8 %.",
)  # of every checkpoint whose option "pooling" is "mean"; `python -m tests.benchmarks.pooling` measures the reason, and
# `python -m dynviz pooling` what either holds on every backbone
