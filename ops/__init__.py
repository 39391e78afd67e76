"""Deploys ecs-tide, deletes it without cutting a drain short, and shows what drains."""
