"""Web pages as a source: listed, crawled politely, and never from an address inside a network."""
