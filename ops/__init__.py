"""Deploys and deletes ecs-tide, and attaches and detaches groups, without cutting a drain short."""
