"""Deploys and deletes ecs-tide, attaches and detaches groups without cutting a drain short, and shows what drains."""
