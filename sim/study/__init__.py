"""What is asked: study and place files with strict validation by file and line, and the plan they resolve to."""
