"""What a result directory holds, and reading it."""
