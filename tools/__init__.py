"""The programs that `make` calls: they run on a bare Python, before anything is installed."""
