"""Mirrors the tree; golden/ holds every event shape ever stored."""
