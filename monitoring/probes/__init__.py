"""What a probe does each time: one look at a thing over the network, on a connection of its own, bounded in time.

No state, no storage, no events: whether a result is believed, and what it means for a component, is decided elsewhere.
Where to look is the administrator's own choice, private networks included.
"""

from monitoring.probes.look import Look, Why

__all__ = ["Look", "Why"]
