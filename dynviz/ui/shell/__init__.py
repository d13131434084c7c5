"""What carries every page: navigation, the selection and its address, caches, the operator's limits."""
