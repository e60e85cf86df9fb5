"""Slack: parsing what comes in, rendering what goes out, and the two ways to be connected."""
