"""What readers have reported, and the moderators' answers."""
