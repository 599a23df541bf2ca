"""Programmes that find the poor and watch who may become so."""
