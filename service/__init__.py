"""The only place where parts meet, and where the clock, the environment and randomness are read."""
