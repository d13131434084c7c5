"""[CLS] and the mean, layer by layer: drawn, in words and in a table."""

from dataclasses import replace

from dynviz.figures import captions
from dynviz.figures.pooling import pooling, pooling_finding, pooling_key, pooling_table
from dynviz.records.pooling import BackbonePooling, Pooling, Read

ABOVE, LEVEL, BELOW = (0.1, 0.05, 0.15), (0.0, -0.05, 0.05), (-0.1, -0.15, -0.05)
FOUND = Pooling(
    "sst2", "dev", 872, 4000, 0.51,
    (
        BackbonePooling("minilm", 2, "sst2-plain", "a" * 12, (
            Read("pre-trained", (0.6, 0.7), (0.7, 0.8), (ABOVE, ABOVE)), Read("tuned", (0.8, 0.9), (0.8, 0.8), (LEVEL, BELOW)))),
        BackbonePooling("mpnet", 3, "sst2-12-plain", "b" * 12, (Read("tuned", (0.7, 0.8, 0.9), (0.8, 0.8, 0.9), (ABOVE, LEVEL, LEVEL)),)),
    ),
)  # fmt: skip


def test_the_finding_says_where_the_mean_surely_tells_more() -> None:
    assert pooling_finding(FOUND) == (
        "The mean of all states surely tells more than [CLS] after 3 of 7 layers of 3 encoders, and surely less after 1. "
        "A linear classifier, taught on 4,000 training rows and asked about 872 texts of dev, reads the answer off [CLS] or "
        "off the mean of all states (51.0 % right by always giving the commoner label). 2 layers, as it was pre-trained: the mean"
        " surely tells more after layers 1 and 2 (mean less [CLS]: +10.0 to +10.0 points). 2 layers, tuned for the task: [CLS] surely "
        "tells more after layer 2, elsewhere it cannot be told (mean less [CLS]: -10.0 to +0.0 points). 3 layers, tuned for "
        "the task: the mean surely tells more after layer 1, elsewhere it cannot be told (mean less [CLS]: +0.0 to +10.0 "
        "points)."
    )
    level = Read("tuned", (0.7, 0.8), (0.7, 0.8), (LEVEL, LEVEL))
    said = pooling_finding(replace(FOUND, backbones=(replace(FOUND.backbones[0], reads=(level,)),)))
    assert "after none of 2 layers of 1 encoder, and surely less after none." in said
    assert "tuned for the task: it cannot be told after any layer (" in said


def test_the_table_has_a_row_for_each_layer_of_each_encoder() -> None:
    rows = pooling_table(FOUND)
    assert len(rows) == 2 + 2 + 3
    assert list(rows[3].values()) == ["2 layers", "tuned for the task", 2, "90.0 %", "80.0 %", "-10.0 [-15.0, -5.0]"]


def test_the_picture_has_a_panel_for_each_backbone() -> None:
    fig = pooling(FOUND)
    assert [(trace.name, trace.xaxis, list(trace.y)) for trace in fig.data[4:]] == [
        ("3 layers, tuned for the task, mean", "x2", [80, 80, 90]), ("3 layers, tuned for the task, [CLS]", "x2", [70, 80, 90]),
    ]  # fmt: skip
    assert list(fig.layout.xaxis.domain) == [0, 0.46]
    assert list(fig.layout.xaxis2.domain) == [0.54, 1]
    assert "[CLS]" in pooling_key()
    assert "n = 872" in captions.of_pooling(FOUND)
