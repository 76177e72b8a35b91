"""Checks, and later the transparency log, proofs, bundles, replay and the offline verifier."""
