"""The desk itself: Slack in and out, the flow, settings, wiring, durable inbox and outbox, the CLI."""

__version__ = "0.1.0"
