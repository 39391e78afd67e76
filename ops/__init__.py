"""Deploys and deletes ecs-tide, attaches and detaches groups, and lets no drain be cut short by it."""
