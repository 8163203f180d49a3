"""Dates as the house writes them; for each language what Django writes otherwise."""
