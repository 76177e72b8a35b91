"""Write side: the log, sealing, keys, streams, upcasts."""
