"""Read books from files. ``epub.read_epub`` is the way in; nothing here touches the database."""
