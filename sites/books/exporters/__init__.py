"""Books out of the house: editions that other readers open, and that come back unharmed."""
