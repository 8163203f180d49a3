"""Demo books and accounts, so that a new machine shows a full house; for the local environment alone.

The texts were written for this project and lie in ``texts/``: a folder for each book, with
``book.toml`` and one Markdown file for each chapter. ``load.load_demo`` brings them in;
``people`` holds the accounts and imports nothing that takes time.
"""
