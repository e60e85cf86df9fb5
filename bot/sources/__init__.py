"""Where documents come from: the sources file, and one builder per kind of source."""
