"""What is in the code zip: less than the packages hold, because each function unpacks and reads it before it works."""
