"""Training and labour transfer."""

from tuopin.policies.work.training.rules import Training

POLICY = Training
