"""The curation desk in a browser: what Slack's forms do badly. Writes through the same services as they do."""
