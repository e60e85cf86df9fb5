"""How good the answers are, measured on labelled questions: sets, formulas, saved runs, reports, thresholds."""
