"""Has the doctor look, and tells people of what became worse."""
