"""One file for each fault that was found in layers of this kind, or is to be feared."""
