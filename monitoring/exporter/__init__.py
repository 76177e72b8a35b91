"""The metrics that are read from the views whenever somebody looks: one snapshot, families made anew each time."""
