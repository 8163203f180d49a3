"""Books: authors, chapters, their texts and pictures, and reading them."""
