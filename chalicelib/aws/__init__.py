"""Reach AWS: all that imports boto3 or powertools, and the translation of AWS's event formats."""
