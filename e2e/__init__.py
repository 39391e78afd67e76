"""Tests of the deployed template: the SAM CLI deploys it on ministack, a third-party AWS emulator.
ECS and Auto Scaling are those of the project's simulated region."""
