"""Subscribers are asked to confirm, told what is announced, and forgotten: by mail and by webhook."""
