"""Medical cover beyond the ordinary basic scheme."""

from tuopin.policies.protection.health_insurance.rules import HealthInsurance

POLICY = HealthInsurance
