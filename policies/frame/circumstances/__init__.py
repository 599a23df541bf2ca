"""What befalls a county by year: prices, demand for labour, job losses, disasters, an epidemic."""

from tuopin.policies.frame.circumstances.rules import Circumstances

POLICY = Circumstances
