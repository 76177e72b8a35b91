"""The read side, told by tickets that go through a real log."""
