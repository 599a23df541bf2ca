"""Monitoring against falling back: who is at the edge, why, and to which measures he is sent."""

from tuopin.policies.finding.monitoring.rules import Monitoring

POLICY = Monitoring
