"""Numbers about runs: accuracy against compute, calibration, risk, energy, time, and what the zoo of methods says."""
