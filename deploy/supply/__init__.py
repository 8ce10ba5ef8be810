"""The packages of others: which ones, what their files hash to, their licences, their known vulnerabilities."""
