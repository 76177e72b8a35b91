"""The offline verifier: from evidence alone, with nothing of the desk but the formulas of `domain/`."""
