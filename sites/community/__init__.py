"""Comments, reviews, reports and notifications."""
