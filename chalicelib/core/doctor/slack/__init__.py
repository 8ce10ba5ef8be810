"""Whether people can be told, and may click."""
