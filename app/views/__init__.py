"""Views make the schema objects of answers from rows: with names, and what the caller may do."""
