"""Medical cover beyond the ordinary basic scheme."""

from policies.health_insurance.rules import HealthInsurance

POLICY = HealthInsurance
