"""Looks at AWS for the doctor: reads what there is, and has ``core.doctor`` say what it means. It only reads."""
