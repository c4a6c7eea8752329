"""A real Kubernetes API server on loopback: tokens, their review, and RBAC."""
