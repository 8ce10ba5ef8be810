"""What is shown: tables, files, pictures."""
