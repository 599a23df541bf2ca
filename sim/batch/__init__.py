"""Thousands of runs: tasks to committed files to tables, in parallel, interruptible, exact."""
