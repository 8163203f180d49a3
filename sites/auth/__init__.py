"""The one door: sign in and out for all five hosts."""
