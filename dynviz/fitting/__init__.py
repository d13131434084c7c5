"""Any classifier made adaptive: exits fitted on it as it is, a knob chosen and measured on rows kept aside, stored as a checkpoint."""
