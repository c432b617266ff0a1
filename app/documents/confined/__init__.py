"""Reading and writing files in processes of their own, which have limits of time and memory."""
