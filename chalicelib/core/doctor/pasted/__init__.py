"""Writes what people paste: lines for a shell, and HCL for Terraform."""
