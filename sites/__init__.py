"""The five hosts of the house and what they share."""
