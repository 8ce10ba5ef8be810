"""Name AWS's hosts and services in each partition: aws, aws-us-gov (GovCloud), aws-cn (China), aws-eusc (Europe)."""

HOSTS_END = {
    "aws": ("amazonaws.com",),
    "aws-us-gov": ("amazonaws.com",),
    "aws-cn": ("amazonaws.com.cn",),
    "aws-eusc": ("amazonaws.eu",),
    "aws-iso": ("c2s.ic.gov",),
    "aws-iso-b": ("sc2s.sgov.gov",),
    "aws-iso-e": ("cloud.adc-e.uk",),
    "aws-iso-f": ("csp.hci.ic.gov",),
}
"""The ends of AWS's host names, by partition (botocore/data/partitions.json)."""

DUAL_STACK_END = {
    "aws": "api.aws",
    "aws-us-gov": "api.aws",
    "aws-cn": "api.amazonwebservices.com.cn",
    "aws-eusc": "api.amazonwebservices.eu",
    "aws-iso": "api.aws.ic.gov",
    "aws-iso-b": "api.aws.scloud",
    "aws-iso-e": "api.cloud-aws.adc-e.uk",
    "aws-iso-f": "api.aws.hci.ic.gov",
}
"""The end of the names of hosts that also speak IPv6 (the same file)."""
EVERY_END = frozenset(DUAL_STACK_END.values()) | {end for ends in HOSTS_END.values() for end in ends}
UNNAMED_REGION = "us-east-1"
"""The region that is no LocationConstraint of a bucket: S3 names it by nothing. It is one of the partition ``aws``."""
OLD_REGION_NAMES = {"EU": "eu-west-1"}
"""What S3 has in the place of a region's name for old buckets (GetBucketLocation)."""


def service(name: str) -> str:
    """Return the name of a service in policies and events; it is the same in every partition.

    In China ``events.amazonaws.com.cn`` is refused: github.com/terraform-aws-modules/terraform-aws-eks/issues/2932. For
    CloudWatch Logs of one region it is ``logs.<region>.<the end of hosts>``: github.com/aws/aws-cdk,
    ``region-info/lib/default.ts``.
    """
    return f"{name}.amazonaws.com"


def through(name: str, region: str = "*") -> str:
    """Return a pattern for ``kms:ViaService`` that fits a service, in every region or in one.

    Only KMS gives that key its value. No page of AWS says how its value ends outside the partition ``aws``, so the
    pattern fits both ``.amazonaws.com`` and the end of the partition's hosts.
    """
    return f"{name}.{region}.amazonaws.*"
