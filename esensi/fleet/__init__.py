"""Several instances of this program and an edge in front of them, on one machine: a test bench."""
