"""The shop window: discover books and authors."""
