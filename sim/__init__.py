"""What is asked, how a county lives, thousands of runs, and what they say.

Rooms: study, run, batch; results and comparison.
"""
