"""Turns a question into a complete ticket and follows it. Knows nothing of Slack, search or models."""
