"""A Confluence wiki as a source: Cloud and Data Center, with who may read what."""
