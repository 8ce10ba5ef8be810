"""Packaging, deploying and wiring tflock-reaper; nothing in here ships in the Lambda package."""
