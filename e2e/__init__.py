"""The template as it is deployed: by the SAM CLI, on ministack, a local AWS that this
project did not write, with ECS and Auto Scaling in the project's simulated region."""
