"""The Data page's parts: where rows come from, how the run goes, and what is found."""
