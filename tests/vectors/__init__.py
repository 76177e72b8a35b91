"""Third-party test vectors: `python -m tests.vectors DIR` runs every file of the folder that it knows."""
