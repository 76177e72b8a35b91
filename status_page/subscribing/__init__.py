"""What a reader asks for itself: to be told of announcements. The one thing that the public page does."""
