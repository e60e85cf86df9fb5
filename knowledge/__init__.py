"""Answers a question from what the team knows. Knows nothing of Slack, Jira or tickets."""
