"""Taking the words of a cell apart and comparing them with the names that are known."""
