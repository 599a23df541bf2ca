"""Medical cover beyond the ordinary basic scheme."""

from tuopin.policies.health_insurance.rules import HealthInsurance

POLICY = HealthInsurance
