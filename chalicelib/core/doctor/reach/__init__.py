"""Whether the doctor could look at a thing at all."""
