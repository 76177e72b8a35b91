"""The relay: every event of the log as a CloudEvent in a stream of NATS JetStream, in order."""
