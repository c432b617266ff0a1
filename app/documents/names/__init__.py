"""How the words of a cell are taken apart and compared with the names that are known."""
