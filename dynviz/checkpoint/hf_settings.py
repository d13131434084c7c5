"""A config.json as transformers' own record, which tokenizer and weights are made by."""

from transformers import CONFIG_MAPPING, PreTrainedConfig

from dynviz.checkpoint.hf_config import Foreign
from dynviz.errors import refusing


def settings_of(source: Foreign) -> PreTrainedConfig:
    """The record, with the labels that were found and answers in the form we read; never code from the folder."""
    with refusing(f"The configuration of {source.where} does not fit", "Correct its config.json"):
        found: PreTrainedConfig = CONFIG_MAPPING[source.raw["model_type"]].from_dict(dict(source.raw))
        found.id2label = dict(enumerate(source.labels))
        found.return_dict, found.output_attentions, found.output_hidden_states = True, False, False
        found.chunk_size_feed_forward = 0  # how its own run saves memory, not what it computes
    return found
