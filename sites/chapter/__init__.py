"""The reading room: read chapters, and find the place again."""
