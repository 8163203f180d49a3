"""Configuration and doors: what turns the five sites into one running program."""
