"""Understanding the table of a plan: its columns, its rows, its beginning and its end."""
