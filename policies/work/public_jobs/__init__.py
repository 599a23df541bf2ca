"""Public-welfare posts."""

from tuopin.policies.work.public_jobs.rules import PublicJobs

POLICY = PublicJobs
