"""What is asked (study), how a county lives (run), thousands of runs (batch), and what they say (results,
comparison).
"""
