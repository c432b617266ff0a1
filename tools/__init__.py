"""What `make` calls: it runs on a bare Python, before anything is installed."""
