"""The write side, against real engines."""
