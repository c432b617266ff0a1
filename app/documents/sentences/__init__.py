"""Understanding the sentences of a plan: its letterhead, its bodies, tasks without a table."""
