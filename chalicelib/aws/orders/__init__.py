"""Carry orders between functions: their wire forms, and the SQS queues."""
