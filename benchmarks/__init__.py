"""One file per question; ``make bench`` asks them all, side by side with their peers in one run."""
