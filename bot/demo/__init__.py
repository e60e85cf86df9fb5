"""The demo page and the stand-ins for Slack and Jira; the tests use the same stand-ins."""
