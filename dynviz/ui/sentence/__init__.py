"""The sections of the Sentence page: badges, and the tools below the picture."""
