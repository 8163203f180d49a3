"""Full-text search: PostgreSQL keeps the index, these modules ask it.

``question`` reads what a visitor typed, ``find`` asks for the books, ``excerpts`` for the sentences
that were found, and ``index`` fills in what was written before there were triggers.
"""
