"""History that was recorded elsewhere, brought in as events at their own times with `src=import`."""
