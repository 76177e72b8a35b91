"""What comes in over NATS: taken once, acknowledged when it is stored, set aside if it can never be."""
