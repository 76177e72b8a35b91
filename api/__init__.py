"""The desk's API: JSON over HTTP under `/v1`. A route takes one decision and answers from its events."""
