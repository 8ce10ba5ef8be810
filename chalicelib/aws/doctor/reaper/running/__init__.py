"""Reads whether the functions of a reaper run, by what Lambda, SQS, EventBridge, CloudWatch and the lock book tell."""
