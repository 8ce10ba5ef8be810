"""Orders between functions: their wire form, and the SQS queues they go through."""
