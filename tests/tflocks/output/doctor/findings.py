"""Findings as the areas' judges give them."""

from typing import Any

from chalicelib.core.doctor.finding import Finding, Fix, green, grey, red, yellow
from chalicelib.core.doctor.reach.checks import RULES, STACK, SUBJECT
from tflocks.output.doctor.report import Report

BUCKET, OTHER = "bucket acme-tfstate", "bucket acme-legacy"
POLICY = "aws s3api put-bucket-policy --bucket acme-tfstate --policy"
HCL = 'resource "aws_s3_bucket_policy" "acme_tfstate" {{\n  policy = "{}"\n}}'


def well(subject: str = BUCKET, **more: Any) -> Finding:
    return green(SUBJECT.id, subject, "it is there, in eu-central-1", **more)


def unknown(subject: str = BUCKET, right: str = "cloudformation:DescribeStacks") -> Finding:
    return grey(STACK.id, subject, "access denied", right)


def warned(subject: str = BUCKET, statement: str = "A") -> Finding:
    fix = Fix(do="Add the statement.", cli=f"{POLICY} '{statement}'", hcl=HCL.format(statement))
    return yellow(RULES.id, subject, "the policy has no such statement", fix)


def broken(subject: str = BUCKET, statement: str = "A", **more: Any) -> Finding:
    fix = Fix(do="Turn it on.", cli=f"{POLICY} '{statement}'", hcl=HCL.format(statement))
    return red(SUBJECT.id, subject, "versioning is suspended", more.pop("fix", fix), **more)


def a_report(*findings: Finding) -> Report:
    return Report(findings=findings, account="123456789012", stack="tflock-reaper-prod", seconds=1.23)
